"""SQL over the published copy, by anybody: it reads the copy and nothing else of the machine."""

import json
import re
from contextlib import contextmanager
from itertools import chain, islice

import duckdb

from kardashev.errors import QueryError
from kardashev.printing import TABLE, print_rows, say
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.reading import PUBLISHED_COPY, reading

# After these a statement can read what the connection has open, nothing else, and it cannot take them back.
# What enable_profiling() and its like write is of later statements, and there is only one in a process.
LOCKED = """
set python_enable_replacements = false;
set autoinstall_known_extensions = false;
set autoload_known_extensions = false;
set temp_directory = '';
set enable_external_access = false;
set lock_configuration = true;
"""
# Functions of DuckDB's extensions for lakes open other databases all the same; `query` would hide them.
BEYOND = re.compile(r"\w*(sqlite|postgres|ducklake)_\w+|query|query_table", re.IGNORECASE)
ROWS_SHOWN = 100  # of a table, where no limit is given
ROWS_AT_ONCE = 2048


def print_query(published, sql, form=TABLE, limit=None, closed_round=None):
    """Prints what a query finds to standard output.

    Parameters
    ----------
    published : Path of the published copy, or Lake
    sql : str, one statement
    form : one of the forms of `kardashev.printing`; JSON and CSV are printed while they are read
    limit : int, rows at most; None: `ROWS_SHOWN` of a table, else all
    closed_round : int, of a lake: the marts as they were published when this round had closed; or None

    Raises
    ------
    WarehouseError
        When the copy cannot be read.
    QueryError
        When it is no single statement that reads, or DuckDB refuses it.
    """
    most = ROWS_SHOWN if limit is None and form == TABLE else limit
    with reading(published, PUBLISHED_COPY, closed_round) as connection, _one_line_errors():
        connection.execute(LOCKED)
        statement = _statement(connection, sql)
        if isinstance(published, Lake):
            _check_functions(connection, statement)
        found = connection.execute(statement)
        heads = [name for name, *_ in found.description]
        if len(set(heads)) < len(heads):
            raise QueryError(f"two columns have one name, of {', '.join(heads)}: use `as`")
        batches = iter(lambda: found.fetchmany(ROWS_AT_ONCE), [])
        rows = chain.from_iterable(batches)
        print_rows(heads, islice(rows, most), form)
        if next(rows, None) is not None:
            say(f"the first {most:,} rows; --limit N prints others")


def _statement(connection, sql):
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise QueryError(
            f"this is {len(statements)} statements: give one (a pivot needs `on column in (values)`)"
        )
    if statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError(f"this is {statements[0].type.name}: give a query that reads")
    return statements[0]


def _check_functions(connection, statement):
    """Refuses a query that calls what reads beyond a lake."""
    serialized = "select json_serialize_sql(cast($1 as varchar))"
    ((text,),) = connection.execute(serialized, [statement.query]).fetchall()
    tree = json.loads(text)
    if tree["error"]:
        raise QueryError(f"this query cannot be checked: {tree['error_message']}")
    for name in _functions(tree):
        if BEYOND.fullmatch(name):
            raise QueryError(f"this calls {name}, which reads beyond the lake: leave it out")


def _functions(tree):
    """The names of all functions that a query calls."""
    if isinstance(tree, dict):
        if "function_name" in tree:
            yield tree["function_name"]
        tree = tree.values()
    if not isinstance(tree, str | int | float | None):
        for part in tree:
            yield from _functions(part)


@contextmanager
def _one_line_errors():
    try:
        yield
    except duckdb.Error as error:
        raise QueryError(str(error).strip().splitlines()[0]) from error
