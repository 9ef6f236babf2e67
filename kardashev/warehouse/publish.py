"""Relations in a DuckDB file of their own, as the published copy is one, swapped in whole by rename.

A build publishes what it changed. It starts from a copy of the former file, replaces in it the rows of the
worklist entries that it redid, by the very condition by which the marts were written, and whole tables whose
content differs. The worklists know what changed, so no kept row is read to find out. A table that has another
number of rows than its mart afterwards is copied whole. The copy of the former file is begun while the marts
are made (`draft.py`).

That holds only for the file that the last build wrote. So a row in the warehouse keeps what the file looked
like (`STAT`: nobody can set back the time of the inode's change), and how many builds began since: the hook
`note_that_a_build_begins` counts them before anything is written. If another build than this one began, it
may have changed marts that it never published. Then everything is copied; and so it is after a full refresh,
where a table's columns are others, or where the former copy cannot be read.

If a folder for Parquet is named, the copy is written there once more when it is in its place (`parquet.py`).
Into a lake `lake_publication.py` publishes, on the same terms.
"""

from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from kardashev.landing.layouts import text_literal
from kardashev.landing.listing import file_stat
from kardashev.landing.replacement import sync
from kardashev.warehouse import draft
from kardashev.warehouse.changes import (
    COPY,
    SCHEMA,
    columns_of,
    described,
    former_stays,
    has_as_many_rows,
    has_other_content,
    only_row,
    rows,
    write_comments,
)
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.lake_publication import publish_to_lake
from kardashev.warehouse.parquet import swap_in, version_of

STORAGE_VERSION = "v1.0.0"  # any DuckDB client since 1.0 opens the copy


def publish(connection, marts, target, redone=None, former=None, parquet_folder=None, notes=None):
    """Writes what is new into a scratch file beside the target, then renames it over that.

    Whoever reads the target sees the former copy or the new one, never a mixture; a killed build
    leaves a scratch file that the next one removes. If no mart has changed, the file is left alone.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of the warehouse
    marts : dict of published name → relation
    target : Path of the DuckDB file, or Lake
    redone : relation (mart, condition), or None: all is written; the condition on a mart's rows by which
        this build redid them, null for a table that it wrote whole
    former : relation with the columns of `SCHEMA`, what this function returned last; or None where it did
        not, or under a full refresh
    parquet_folder : Path, or None: no Parquet is written; of no use to a lake, which is Parquet
    notes : relation of one row, or None: what a lake's snapshot says of the publication

    Returns
    -------
    pyarrow.Table with the columns of `SCHEMA`, one row: the newest publication

    Raises
    ------
    WarehouseError
        When the copy, or Parquet, cannot be written, as on a full disk: what was written of it is removed.
    """
    if isinstance(target, Lake):
        publication = publish_to_lake(connection, marts, target, redone, former, notes)
        return pa.Table.from_pylist([publication], schema=SCHEMA)
    changes = _changes(connection, marts, redone, former, target)
    before = only_row(former) if changes is not None else None
    if changes == {}:
        draft.discard(target)
        publication = before | {"replaced_count": 0, "builds_begun": 0}
    else:
        with former_stays(target):
            publication = _publish_copy(connection, marts, changes, target)
        changes = None if publication["is_whole"] else changes
    if parquet_folder:
        version, former_version = (row and version_of(row) for row in (publication, before))
        with former_stays(parquet_folder), _attached(connection, target, "read_only") as cursor:
            swap_in(cursor, COPY, marts, parquet_folder, version, former_version, changes)
    return pa.Table.from_pylist([publication], schema=SCHEMA)


def _publish_copy(connection, marts, changes, target):
    """Swaps in a new file and returns the row of `SCHEMA` that describes it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = draft.scratch_of(target)
    try:
        is_whole = changes is None or not _write_changes(connection, marts, changes, target)
        if is_whole:
            draft.discard(target)
            _write_whole(connection, marts, scratch)
        scratch.replace(target)
    except (duckdb.Error, OSError):
        draft.remove(scratch)  # a full disk needs its room now, not at the next build
        raise
    return file_stat(target) | {
        "path": str(target),
        "published_at": datetime.now(UTC).replace(tzinfo=None),
        "relation_count": len(marts),
        "replaced_count": len(marts) if is_whole else len(changes),
        "is_whole": is_whole,
        "snapshot_id": None,
        "builds_begun": 0,
    }


def begin_draft(target, former):
    """Begins the copy of the former file, if the next publication will start from one.

    Parameters
    ----------
    target, former : as in `publish`

    Returns
    -------
    bool
    """
    is_begun = not isinstance(target, Lake) and _is_level(former, target)
    if is_begun:
        draft.begin(target)
    return is_begun


def _changes(connection, marts, redone, former, target):
    """Name → condition on the rows to replace, null for all, of marts that changed; None: copy everything."""
    if redone is None or not _is_level(former, target):
        return None
    conditions = dict(redone.select("mart, condition").fetchall())
    try:
        with _attached(connection, target, "read_only") as cursor:
            if columns_of(cursor, "main") != described(marts):
                return None
            return {
                name: conditions.get(name)
                for name, mart in marts.items()
                if _has_changed(cursor, name, mart, conditions.get(name))
            }
    except duckdb.Error:  # a damaged copy
        return None


def _is_level(former, target):
    """Whether the copy is what the last build wrote, and no build but this one has begun since."""
    row = only_row(former)
    expected = {"path": str(target), "builds_begun": 1} | file_stat(target)
    return row is not None and expected.items() <= row.items()


def _has_changed(cursor, name, mart, condition):
    table = f"{COPY}.main.{name}"
    if condition:
        sides = mart.sql_query(), f"from {table}"
        return any(rows(cursor, f"from ({side}) where {condition} limit 1") for side in sides)
    return has_other_content(cursor, table, mart)


def _write_changes(connection, marts, changes, target):
    """Makes of the former copy the new one, with what has changed; False if that cannot be read."""
    scratch = draft.take(target)
    try:
        with _attached(connection, scratch) as cursor:
            for name, condition in changes.items():
                _replace(cursor, name, marts[name], condition)
            cursor.execute(f"checkpoint {COPY}")
    except duckdb.Error:
        return False
    sync(scratch)
    return True


def _replace(cursor, name, mart, condition):
    if condition:
        table = f"{COPY}.main.{name}"
        cursor.execute("begin")
        cursor.execute(f"delete from {table} where {condition}")
        cursor.execute(f"insert into {table} by name from ({mart.sql_query()}) where {condition}")
        cursor.execute("commit")
        if has_as_many_rows(cursor, table, mart):
            return
    _create(cursor, name, mart)


def _write_whole(connection, marts, scratch):
    with _attached(connection, scratch, f"storage_version '{STORAGE_VERSION}'") as cursor:
        for name, mart in marts.items():
            _create(cursor, name, mart)
        cursor.execute(f"checkpoint {COPY}")
    sync(scratch)


def _create(cursor, name, mart):
    """The whole table, with the comments that it has in the warehouse."""
    table = f"{COPY}.main.{name}"
    cursor.execute(f"create or replace table {table} as {mart.sql_query()}")
    write_comments(cursor, table, name)


@contextmanager
def _attached(connection, file, option="type duckdb"):
    """A cursor with the file attached; its transactions are its own: dbt's is writing the warehouse."""
    cursor = connection.cursor()
    cursor.execute(f"attach {text_literal(file)} as {COPY} ({option})")
    try:
        yield cursor
    finally:
        cursor.execute(f"detach {COPY}")
