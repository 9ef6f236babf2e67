"""Opening a built warehouse to read it."""

from contextlib import contextmanager
from pathlib import Path

import duckdb

from kardashev.errors import WarehouseError


def applies_to_round(rule, number):
    """SQL: whether a rule's row, named by its alias, applies to a round; dbt has a macro of that name."""
    first = f"coalesce({rule}.first_round, -2147483648)"
    return f"{number} between {first} and coalesce({rule}.last_round, 2147483647)"


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
