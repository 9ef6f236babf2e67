"""What publication needs wherever it publishes: the marts' columns, comments and content, and its record."""

from contextlib import contextmanager

import duckdb
import pyarrow as pa

from kardashev.errors import WarehouseError
from kardashev.landing.layouts import text_literal
from kardashev.landing.listing import STAT
from kardashev.warehouse.lake_opening import reason_of

COPY = "published_copy"  # the name by which the published file, or the lake, is attached
COMMENTS = """
    select null as column_name, comment from duckdb_tables()
    where database_name = current_database() and table_name = ? and comment is not null
    union all
    select column_name, comment from duckdb_columns()
    where database_name = current_database() and table_name = ? and comment is not null
"""
SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("published_at", pa.timestamp("us")),
        ("relation_count", pa.int64()),
        ("replaced_count", pa.int64()),
        ("is_whole", pa.bool_()),
        *((name, pa.int64()) for name in STAT),
        ("snapshot_id", pa.int64()),
        ("builds_begun", pa.int64()),
    ]
)


@contextmanager
def former_stays(place):
    """Says in one line why a place cannot be written."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(
            f"{place} cannot be written, the former copy stays: {reason_of(error)}"
        ) from None


def only_row(former):
    """The row of the last publication as a dict; None where there is none that can be relied on."""
    if former is None or former.columns != SCHEMA.names:
        return None
    rows = former.to_arrow_table().to_pylist()
    return rows[0] if len(rows) == 1 else None


def columns_of(cursor, schema):
    """Name → columns and types, of the tables in a schema of the copy."""
    found = {}
    query = f"""
        select table_name, column_name, data_type from duckdb_columns()
        where database_name = '{COPY}' and schema_name = {text_literal(schema)} order by column_index
    """
    for name, *column in cursor.execute(query).fetchall():
        found.setdefault(name, []).append(tuple(column))
    return found


def described(marts):
    """Name → columns and types, of marts."""
    return {
        name: list(zip(mart.columns, map(str, mart.types), strict=True))
        for name, mart in marts.items()
    }


def has_other_content(cursor, table, mart):
    """Whether a published table differs from its mart."""
    content = "select count(*), sum(cast(hash(side) as hugeint)) from ({}) as side"
    sides = mart.sql_query(), f"from {table}"
    return len({rows(cursor, content.format(side))[0] for side in sides}) > 1


def has_as_many_rows(cursor, table, mart):
    """Whether a published table has as many rows as its mart."""
    sides = mart.sql_query(), f"from {table}"
    return len({rows(cursor, f"select count(*) from ({side})")[0] for side in sides}) == 1


def write_comments(cursor, table, mart_name):
    """Gives a published table the comments that its mart has in the warehouse."""
    for column, comment in rows(cursor, COMMENTS, [mart_name, mart_name]):
        named = f"table {table}" if column is None else f'column {table}."{column}"'
        cursor.execute(f"comment on {named} is {text_literal(comment)}")


def rows(cursor, query, parameters=None):
    """The rows of a query."""
    return cursor.execute(query, parameters).fetchall()
