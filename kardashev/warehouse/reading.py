"""Opening a built warehouse to read it."""

from contextlib import contextmanager
from pathlib import Path

import duckdb

from kardashev.errors import WarehouseError


def applies_to_round(rule, round_):
    """SQL: whether a rule's row applies to a round, both by their aliases; dbt has a macro of that name."""
    number, day = f"{round_}.round_number", f"cast({round_}.open_at as date)"
    bounds = (
        (f"{rule}.first_round", f"{rule}.first_round <= {number}"),
        (f"{rule}.last_round", f"{number} <= {rule}.last_round"),
        (f"{rule}.first_date", f"{rule}.first_date <= {day}"),
        (f"{rule}.last_date", f"{day} <= {rule}.last_date"),
    )
    return " and ".join(f"coalesce({holds}, {bound} is null)" for bound, holds in bounds)


@contextmanager
def reading(database):
    """A connection that reads a warehouse; other connections may read it too, none may write.

    Parameters
    ----------
    database : Path

    Raises
    ------
    WarehouseError
        When it is not there, or cannot be read.
    """
    database = Path(database)
    if not database.is_file():
        raise WarehouseError(f"no warehouse at {database}: run `dbt build` first")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise WarehouseError(f"{database} cannot be read: {reason}") from error
