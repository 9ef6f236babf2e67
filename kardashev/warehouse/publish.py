"""Relations in a DuckDB file of their own, as the published copy is one, swapped in whole by rename."""

import os
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from kardashev.errors import WarehouseError

STORAGE_VERSION = "v1.0.0"  # any DuckDB client since 1.0 opens the copy


def publish(connection, relations, target):
    """Copies relations into a scratch file beside the target, then renames it over that.

    Whoever reads the target sees the former copy or the new one, never a mixture; whoever is killed here
    leaves a scratch file that the next one removes.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of the warehouse
    relations : dict of published name → relation
    target : Path of the DuckDB file

    Returns
    -------
    pyarrow.Table (path, published_at, relation_count), one row

    Raises
    ------
    WarehouseError
        When the copy cannot be written whole, as on a full disk: what was written of it is removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.next")
    _remove(scratch)
    try:
        _write(connection, relations, scratch)
        scratch.replace(target)
    except (duckdb.Error, OSError) as error:
        _remove(scratch)  # a full disk needs its room now, not at the next build
        reason = str(error).strip().splitlines()[0]
        raise WarehouseError(
            f"{target} cannot be written, the former copy stays: {reason}"
        ) from None
    return pa.table(
        {
            "path": [str(target)],
            "published_at": pa.array([datetime.now(UTC).replace(tzinfo=None)], pa.timestamp("us")),
            "relation_count": [len(relations)],
        }
    )


def _write(connection, relations, scratch):
    """The relations as a DuckDB file, on the disk for good."""
    quoted = str(scratch).replace("'", "''")
    cursor = connection.cursor()  # a transaction of its own: dbt's is writing the warehouse
    cursor.execute(f"attach '{quoted}' as published_copy (storage_version '{STORAGE_VERSION}')")
    try:
        for name, relation in relations.items():
            cursor.execute(f"create table published_copy.main.{name} as {relation.sql_query()}")
        cursor.execute("checkpoint published_copy")
    finally:
        cursor.execute("detach published_copy")
    with scratch.open("rb") as written:
        os.fsync(written.fileno())


def _remove(scratch):
    for leftover in (scratch, scratch.with_name(f"{scratch.name}.wal")):
        leftover.unlink(missing_ok=True)
