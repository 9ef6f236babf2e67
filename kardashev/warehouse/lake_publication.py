"""Marts in a DuckLake: each publication is one transaction, and so one snapshot.

As with the file (`publish.py`), a build writes what it redid, if the lake is level: the schema is as the last
build left it, and no build but this one has begun since. Other builds may publish into other schemas of the
lake meanwhile; their snapshots say so. Any other snapshot may have changed a mart, and then all are written.

Cost follows what changed: a mart that is redone by row is cut into blocks of rounds, or months of as-of
dates, with files of its own each. Blocks with a redone row are written anew, whole. So a block is one file
and no row of it is marked as deleted: the lake needs no merging.

Nothing of a killed build is seen: its files are in no catalog.
"""

import json
import os
from calendar import monthrange
from datetime import date

import duckdb

from kardashev.errors import WarehouseError
from kardashev.landing.layouts import text_literal
from kardashev.landing.listing import STAT
from kardashev.warehouse.changes import (
    COPY,
    columns_of,
    described,
    former_stays,
    has_as_many_rows,
    has_other_content,
    only_row,
    rows,
    write_comments,
)
from kardashev.warehouse.environment import LAKE_SCHEMA
from kardashev.warehouse.lake_opening import attached

AUTHOR = "kardashev"
BLOCKS = {  # of a mart with this column: how files are cut, and a row's block
    "round_number": ("round_number", "round_number"),
    "as_of_date": (
        "year(as_of_date), month(as_of_date)",
        "cast(date_trunc('month', as_of_date) as date)",
    ),
}
SINCE = f"""
    select
        snapshot_id,
        cast(snapshot_time at time zone 'UTC' as timestamp) as published_at,
        author,
        commit_extra_info
    from {COPY}.snapshots()
    where snapshot_id >= ?
    order by snapshot_id
"""


def publish_to_lake(connection, marts, lake, redone, former, notes):
    """Publishes marts into their schema of a lake; parameters as of `kardashev.warehouse.publish.publish`.

    Returns
    -------
    dict
        A row of `kardashev.warehouse.changes.SCHEMA`: the newest publication. If no mart has changed, no
        snapshot is made.

    Raises
    ------
    WarehouseError
        When the lake cannot be written, or its schema holds other tables, or another tournament.
    """
    conditions = dict(redone.select("mart, condition").fetchall()) if redone is not None else {}
    told = {} if notes is None else notes.to_arrow_table().to_pylist()[0]
    with former_stays(lake), attached(connection, lake, COPY) as cursor:
        publication = _Publication(cursor, lake.schema, marts, conditions)
        before = None if redone is None else only_row(former)
        cursor.execute("begin")
        try:
            publication.check_schema(told)
            changes = publication.changes() if before and _is_level(cursor, lake, before) else None
            if changes == {}:
                cursor.execute("rollback")
                return before | {"replaced_count": 0, "builds_begun": 0}
            publication.write(changes)
            publication.sign(changes, told)
            os.sync()  # the catalog must not name a file that is not on the disk, should the power fail
            cursor.execute("commit")
        except BaseException:
            _roll_back(cursor)
            raise
        (snapshot,) = rows(cursor, f"from {COPY}.last_committed_snapshot()")
        _, published_at, *_ = rows(cursor, SINCE, snapshot)[0]
    return dict.fromkeys(STAT) | {
        "path": lake.name,
        "published_at": published_at,
        "relation_count": len(marts),
        "replaced_count": len(marts if changes is None else changes),
        "is_whole": changes is None,
        "snapshot_id": snapshot[0],
        "builds_begun": 0,
    }


def _roll_back(cursor):
    try:
        cursor.execute("rollback")
    except duckdb.Error:  # the commit has failed, and there is no transaction any more
        return


def _is_level(cursor, lake, before):
    """Whether the schema is what the last build wrote, and no build but this one has begun since."""
    expected = {"path": lake.name, "builds_begun": 1}
    if before["snapshot_id"] is None or not expected.items() <= before.items():
        return False
    ours, *later = rows(cursor, SINCE, [before["snapshot_id"]]) or [None]
    return (
        ours is not None
        and ours[:2] == (before["snapshot_id"], before["published_at"])
        and all(_schema_of(*signature) not in (None, lake.schema) for _, _, *signature in later)
    )


def _schema_of(author, extra_info):
    """The schema into which a snapshot was published; None of one that is no publication."""
    return json.loads(extra_info).get("schema") if author == AUTHOR and extra_info else None


class _Publication:
    """What is published in one transaction."""

    def __init__(self, cursor, schema, marts, conditions):
        self.cursor, self.schema, self.marts, self.conditions = cursor, schema, marts, conditions
        self.found = columns_of(cursor, schema)

    def check_schema(self, told):
        """Refuses a schema that no build has published into, or one of another tournament."""
        if self.found and not self.found.keys() & self.marts.keys():
            raise WarehouseError(
                f"the lake's schema {self.schema} holds tables that no build published, "
                f"{sorted(self.found)[0]} for one: name another with {LAKE_SCHEMA}"
            )
        if self.found and told.get("tournament") and "dim_rounds" in self.found:
            query = f"select any_value(tournament) from {self._table('dim_rounds')}"
            ((held,),) = rows(self.cursor, query)
            if held not in (None, told["tournament"]):
                raise WarehouseError(
                    f"the lake's schema {self.schema} holds the tournament {held}, not "
                    f"{told['tournament']}: name another with {LAKE_SCHEMA}"
                )

    def changes(self):
        """Name → condition on the rows to replace, null for all, of marts that changed; None: write all."""
        if self.found != described(self.marts):
            return None
        changed = {}
        for name, mart in self.marts.items():
            condition = self.conditions.get(name)
            if not condition:
                if has_other_content(self.cursor, self._table(name), mart):
                    changed[name] = None
            elif wider := self._redone(name, mart, condition):
                changed[name] = wider
        return changed

    def write(self, changes):
        """Writes the marts, or what has changed of them."""
        if changes is None:
            self.cursor.execute(f"create schema if not exists {COPY}.{self.schema}")
            for name in self.found.keys() - self.marts.keys():  # no mart any more
                self.cursor.execute(f"drop table {self._table(name)}")
        for name in self.marts if changes is None else changes:
            condition = changes and changes[name]
            if not (changes and self._replace(name, condition)):
                self._create(name)

    def sign(self, changes, told):
        """Says in the snapshot what it is of, and by whom."""
        count = len(self.marts if changes is None else changes)
        info = {"schema": self.schema, **told, "replaced_count": count}
        info = text_literal(json.dumps(info, default=str))
        message = text_literal(f"{self.schema}: {count} of {len(self.marts)} marts written")
        self.cursor.execute(
            f"call {COPY}.set_commit_message('{AUTHOR}', {message}, extra_info => {info})"
        )

    def _replace(self, name, condition):
        """Replaces rows; False if the table has another number of rows than its mart then."""
        table, mart = self._table(name), self.marts[name]
        where = f"where {condition}" if condition else ""
        self.cursor.execute(f"delete from {table} {where}")
        self.cursor.execute(f"insert into {table} by name from ({mart.sql_query()}) {where}")
        return has_as_many_rows(self.cursor, table, mart)

    def _create(self, name):
        """The whole table, cut into blocks if its mart is redone by row, with its comments."""
        table, mart = self._table(name), f"({self.marts[name].sql_query()})"
        self.cursor.execute(f"create or replace table {table} as from {mart} limit 0")
        column = self._block_column(name)
        if column and self.conditions.get(name):
            self.cursor.execute(f"alter table {table} set partitioned by ({BLOCKS[column][0]})")
        self.cursor.execute(f"insert into {table} from {mart}")
        write_comments(self.cursor, table, name)

    def _redone(self, name, mart, condition):
        """The condition on the rows of all blocks with a redone row; None where there is none."""
        sides = mart.sql_query(), f"from {self._table(name)}"
        column = self._block_column(name)
        if column is None:
            query = "from ({}) where {} limit 1"
            redone = any(rows(self.cursor, query.format(side, condition)) for side in sides)
            return condition if redone else None
        query = "select distinct {} from ({}) where {}"
        blocks = {
            block
            for side in sides
            for (block,) in rows(self.cursor, query.format(BLOCKS[column][1], side, condition))
        }
        return _any_of(column, sorted(blocks - {None}))

    def _block_column(self, name):
        return next((column for column in BLOCKS if column in self.marts[name].columns), None)

    def _table(self, name):
        return f"{COPY}.{self.schema}.{name}"


def _any_of(column, blocks):
    """SQL: that a row is of one of the blocks, in literals by which the catalog finds its files; or None."""
    if not blocks:
        return None
    if not isinstance(blocks[0], date):
        return f"{column} in ({', '.join(map(str, blocks))})"
    months = ((day, day.replace(day=monthrange(day.year, day.month)[1])) for day in blocks)
    spans = (f"{column} between date '{first}' and date '{last}'" for first, last in months)
    return f"({' or '.join(spans)})"
