"""The manifest: what each landed file holds, by round, told apart by content.

Only files that are new or touched since the last manifest are read; a file's content hash does not depend
on the order of its rows, its format, or how rows are spread over files once hashes are added up.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from kardashev.errors import LandingError
from kardashev.landing.reader import files_select, landed_files
from kardashev.landing.tables import LANDED_TABLES

FILES_AT_ONCE = 2000  # bounds the length of one statement
STAT = ("size_bytes", "modified_ns", "inode")
SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("path", pa.string()),
        ("size_bytes", pa.int64()),
        ("modified_ns", pa.int64()),
        ("inode", pa.int64()),
        ("round_number", pa.int32()),
        ("target", pa.string()),
        ("score", pa.string()),
        ("score_version", pa.string()),
        ("score_day", pa.int32()),
        ("known_at", pa.timestamp("us")),
        ("row_count", pa.int64()),
        ("content_hash", pa.string()),
        ("latest_at", pa.timestamp("us")),
        ("problem", pa.string()),
    ]
)


def landing_manifest(connection, landing, previous=None):
    """Lists every landed file with its content by round (targets and scores: by delivery of a day, too).

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    landing : Path
    previous : relation with this function's columns, or None when there is none yet

    Returns
    -------
    pyarrow.Table
        Grain: path, round_number, target, score, score_version, score_day, known_at. ``content_hash``
        is the sum of the rows' hashes, a decimal integer as text; a file without rows has one row and no
        round; so has a file that cannot be read, and its ``problem`` says why.
    """
    files = _files(landing)
    known = _unchanged(connection, files, previous)
    seen = set(known["path"].to_pylist())
    parts = [known]
    for table in LANDED_TABLES.values():
        fresh = [path for path, row in files.items() if row["table_name"] == table.name]
        fresh = [path for path in fresh if path not in seen]
        for start in range(0, len(fresh), FILES_AT_ONCE):
            batch = {path: files[path] for path in fresh[start : start + FILES_AT_ONCE]}
            parts.append(_hashed(connection, Path(landing), table, batch))
    return pa.concat_tables(parts)


def _files(landing):
    files = {}
    for name in LANDED_TABLES:
        for path in landed_files(landing, name):
            stat = path.stat()
            files[str(path.relative_to(landing))] = {
                "table_name": name,
                "path": str(path.relative_to(landing)),
                "size_bytes": stat.st_size,
                "modified_ns": stat.st_mtime_ns,
                "inode": stat.st_ino,
            }
    return files


def _file_table(rows):
    return pa.Table.from_pylist(rows, schema=pa.schema([SCHEMA.field(i) for i in range(5)]))


def _unchanged(connection, files, previous):
    if previous is None or previous.columns != SCHEMA.names or not files:
        return SCHEMA.empty_table()
    listed = _file_table(list(files.values()))
    manifest = previous.filter("problem is null").to_arrow_table()
    query = f"""
        select manifest.*
        from manifest
        semi join listed using (table_name, path, {", ".join(STAT)})
    """
    cursor = connection.cursor()
    cursor.register("manifest", manifest)
    cursor.register("listed", listed)
    return cursor.execute(query).to_arrow_table().cast(SCHEMA)


def _hashed(connection, landing, table, files):
    """The manifest's rows of these files, all of one table; read one by one when one cannot be read."""
    try:
        return _content(connection, landing, table, files)
    except (LandingError, duckdb.Error) as error:
        if len(files) > 1:
            alone = [{path: row} for path, row in files.items()]
            return pa.concat_tables(_hashed(connection, landing, table, one) for one in alone)
        problem = " ".join(str(error).split("LINE 1:")[0].split())
        return pa.Table.from_pylist(
            [row | {"row_count": 0, "problem": problem} for row in files.values()], schema=SCHEMA
        )


def _content(connection, landing, table, files):
    groups = {"round_number": "integer", "target": "varchar", "score": "varchar"}
    groups |= {"score_version": "varchar", "score_day": "integer", "known_at": "timestamp"}
    grouped = ("round_number", *table.part) if "round_number" in table.columns else ()
    keys = [
        f"{_as_utc(table, name) if name in grouped else f'cast(null as {kind})'} as {name}"
        for name, kind in groups.items()
    ]
    columns = ", ".join(f'"{name}"' for name in table.columns)
    cursor = connection.cursor()
    cursor.register("listed", _file_table(list(files.values())))
    cursor.execute("set TimeZone = 'UTC'")
    select = files_select(cursor, table, [landing / path for path in files], landing)
    query = f"""
        with landed as ({select}),
        hashed as (
            select
                path,
                {", ".join(keys)},
                count(*) as row_count,
                sum(cast(hash({columns}) as hugeint)) as content_hash,
                cast(max({table.latest}) as timestamp) as latest_at
            from landed
            group by all
        )
        select
            listed.*,
            {", ".join(groups)},
            coalesce(row_count, 0) as row_count,
            coalesce(cast(content_hash as varchar), '0') as content_hash,
            latest_at,
            case
                when {"round_number" in table.columns} and round_number is null and row_count > 0
                    then row_count || ' rows have no round_number'
            end as problem
        from listed
        left join hashed using (path)
    """
    return cursor.execute(query).to_arrow_table().cast(SCHEMA)


def _as_utc(table, name):
    return f"{name} at time zone 'UTC'" if table.columns[name] == "timestamptz" else name
