"""Merging slices: their rows take the place of the warehouse's rows of the same rounds."""

import duckdb

from kardashev.backfill.parts import LET_GO
from kardashev.backfill.slices import warehouse_of
from kardashev.landing.layouts import text_literal
from kardashev.warehouse.changes import COMMENTS

PART = "part"  # the name by which a slice's warehouse is attached
HELD = f"""round_number not in (
    select past.round_number from {PART}.main.int_rounds_past as past
    inner join {PART}.main.int_rounds_due as due using (round_number)
    where past.is_let_go and due.is_prepared
)"""  # as the ledger says it: see int_rounds_built


def merge(database, built, parts, step):
    """Puts the rows of slices into the warehouse, a slice a transaction.

    Signals and weights of rounds that are past are not taken: nothing reads them any more.

    If it is killed, the ledger still says that the rounds are due, and merging again ends in the same rows.

    Parameters
    ----------
    database : Path
    built : list of (Slice, Path of its folder), in order
    parts : kardashev.backfill.parts.Parts
    step : function of the number of slices done

    Raises
    ------
    duckdb.Error
        When a table cannot be written.
    """
    with duckdb.connect(str(database)) as connection:
        connection.execute("set global TimeZone = 'UTC'")
        for done, (slice_, folder) in enumerate(built):
            file = text_literal(warehouse_of(folder, database))
            connection.execute(f"attach {file} as {PART} (read_only)")
            connection.execute("begin")
            for table in parts.handed_on:
                _take(connection, table, slice_, is_new=not done)
            for table in parts.kept:
                _take(connection, table, slice_, is_new=not _exists(connection, table))
            connection.execute("commit")
            connection.execute(f"detach {PART}")
            step(done + 1)


def _take(connection, table, slice_, is_new):
    own = f"round_number between {slice_.first} and {slice_.last}"
    taken = f"{own} and {HELD}" if table in LET_GO else own
    if is_new:
        _create_alike(connection, table)
    else:
        connection.execute(f"delete from main.{table} where {own}")
    connection.execute(f"insert into main.{table} by name from {PART}.main.{table} where {taken}")


def _exists(connection, table):
    query = "from duckdb_tables() where database_name = current_database() and table_name = ?"
    return bool(connection.execute(query, [table]).fetchall())


def _create_alike(connection, table):
    """An empty table with the columns, constraints and comments of a slice's."""
    query = f"select sql from duckdb_tables() where database_name = '{PART}' and table_name = ?"
    definition = connection.execute(query, [table]).fetchall()[0][0]
    home = connection.execute("select current_database()").fetchall()[0][0]
    connection.execute(f"use {PART}")
    comments = connection.execute(COMMENTS, [table, table]).fetchall()
    connection.execute(f'use "{home}"')
    connection.execute(f"drop table if exists main.{table}")
    connection.execute(definition)
    for column, comment in comments:
        named = f"table main.{table}" if column is None else f'column main.{table}."{column}"'
        connection.execute(f"comment on {named} is {text_literal(comment)}")
