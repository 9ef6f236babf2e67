"""Opening a built warehouse to read it."""

from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

import duckdb

from kardashev.errors import WarehouseBusyError, WarehouseError
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.lake_opening import opened, reason_of, travel

LAKE = "lake"  # the name by which one is attached
PUBLISHED_COPY = "published copy"
BUSY = "Could not set lock"  # what DuckDB says while another process writes the file


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
def reading(database, what="warehouse", closed_round=None):
    """A connection that reads a DuckDB file; other connections may read it too, none may write.

    Of a lake it reads the newest publication at each query, or the first one when a round had closed.

    Parameters
    ----------
    database : Path, or Lake
    what : str, what the file is to people
    closed_round : int, or None

    Raises
    ------
    WarehouseBusyError
        When it is being written.
    WarehouseError
        When it is not there, or cannot be read.
    """
    if isinstance(database, Lake):
        with _reading_lake(database, closed_round) as connection:
            yield connection
        return
    if closed_round is not None:
        raise WarehouseError(
            f"{database} holds its newest publication alone: former ones are kept in a lake"
        )
    database = Path(database)
    if not database.is_file():
        raise WarehouseError(f"no {what} at {database}: run `dbt build` first")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        if BUSY in reason:
            raise WarehouseBusyError(f"{database} is being written: wait for the build") from error
        raise WarehouseError(f"{database} cannot be read: {reason}") from error


@contextmanager
def _reading_lake(lake, closed_round):
    try:
        with opened(lake, LAKE) as connection:
            if closed_round is not None and not travel(connection, lake, LAKE, closed_round):
                raise WarehouseError(
                    f"{lake.name} has no publication of when round {closed_round} had closed"
                )
            use_marts(connection, lake, LAKE)
            yield connection
    except duckdb.Error as error:
        raise WarehouseError(f"{lake} cannot be read: {reason_of(error)}") from error


def use_marts(connection, lake, alias):
    """Lets names without a schema be marts of an attached lake.

    Raises
    ------
    WarehouseError
        When nothing has been published into its schema.
    """
    try:
        connection.execute(f"use {alias}.{lake.schema}")
    except duckdb.CatalogException as error:
        raise WarehouseError(
            f"{lake} has no schema {lake.schema}: run `dbt build` first, or name another"
        ) from error


def records(relation):
    """The rows of a relation as dicts, by the names of its columns."""
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def named_model(models, name):
    """The id of a model, by its id or by its display name.

    Parameters
    ----------
    models : dict of id → display name
    name : str

    Raises
    ------
    WarehouseError
        When no model has this id, and not one alone has this name; near names are said.
    """
    found = [name] if name in models else [key for key, named in models.items() if named == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise WarehouseError(
            f"{len(found)} models are named {name!r}: {', '.join(found)}; give an id"
        )
    near = get_close_matches(name, sorted({*models, *models.values()}))
    hint = f"did you mean {' or '.join(near)}?" if near else "the ids are in dim_models"
    raise WarehouseError(f"there is no model {name!r}: {hint}")
