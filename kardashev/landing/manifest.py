"""The manifest: what each landed file holds, by round, told apart by content.

Only files that are new or touched since the last manifest are read, and only their rows are written anew. A
file's content hash does not depend on the order of its rows, its format, or how rows are spread over files
once hashes are added up.
"""

from collections import defaultdict

import duckdb
import pyarrow as pa

from kardashev.landing.layouts import reason
from kardashev.landing.listing import FILE_SCHEMA, STAT, file_stats
from kardashev.landing.object_storage import raise_if_outage
from kardashev.landing.reader import files_select, usable_layouts, value_columns
from kardashev.landing.tables import LANDED_TABLES

FILES_AT_ONCE = 2000  # bounds the length of one statement
SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("path", pa.string()),
        *((name, pa.int64()) for name in STAT),
        ("layout", pa.string()),
        ("value_columns", pa.list_(pa.string())),
        ("round_number", pa.int32()),
        ("target", pa.string()),
        ("score", pa.string()),
        ("score_version", pa.string()),
        ("score_day", pa.int32()),
        ("known_at", pa.timestamp("us")),
        ("row_count", pa.int64()),
        ("content_hash", pa.string()),
        ("unreadable_cells", pa.int64()),
        ("unreadable_example", pa.string()),
        ("problem", pa.string()),
    ]
)
LISTED_SCHEMA = pa.schema([*FILE_SCHEMA, SCHEMA.field("layout"), SCHEMA.field("value_columns")])
CHANGED_MEANWHILE = "it changed while it was read: build again"


def read_files(connection, landing, touched, manifest=None):
    """The manifest's rows of the files that are new or touched: their content by round.

    Targets and scores are listed by delivery of a day, too.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    landing : Path
    touched : pyarrow.Table, as `kardashev.landing.listing.touched_files` gives it
    manifest : relation with this function's columns, or None when there is none yet

    Returns
    -------
    pyarrow.Table
        Grain: path, round_number, target, score, score_version, score_day, known_at. ``content_hash``
        is the sum of the rows' hashes, a decimal integer as text; a file without rows has one row and no
        round. A file that cannot be used says why in ``problem``: it has a row for each round that it names,
        or held when it could last be used, with the number of rows it held then; without any, one row.
    """
    landed = touched.filter(touched["is_landed"]).select(FILE_SCHEMA.names).sort_by("path")
    files = {row["path"]: row for row in landed.to_pylist()}
    content, problems = _read(connection, landing, files)
    former = _former(connection, manifest, landed)
    return _with_problems(connection, content, landed, problems, former)


def file_contents(connection, landing, table_name, paths):
    """The manifest's rows of some files of a table, and why each other one cannot be used (path → str)."""
    below = [str(path.relative_to(landing)) for path in paths]
    stats = file_stats(landing, below)
    files = {p: {"table_name": table_name, "path": p} | stats[p] for p in below}
    return _read(connection, landing, files)


def _read(connection, landing, files):
    """The rows of these files, and the problems of those that cannot be read or changed meanwhile."""
    contents, problems = [SCHEMA.empty_table()], {}
    for table in LANDED_TABLES.values():
        paths = [landing / path for path, row in files.items() if row["table_name"] == table.name]
        layouts, misfits = usable_layouts(connection, table, paths)
        problems |= misfits
        for batch in _batches(layouts):
            contents += _hashed(connection, landing, table, batch, files, problems)
    problems = {str(path.relative_to(landing)): problem for path, problem in problems.items()}
    stats = file_stats(landing, list(files))
    for path, row in files.items():
        if stats[path] != {name: row[name] for name in STAT}:
            problems.setdefault(path, CHANGED_MEANWHILE)
    return pa.concat_tables(contents), problems


def _former(connection, manifest, files):
    """What the last manifest says of these files."""
    if manifest is None or manifest.columns != SCHEMA.names or not len(files):
        return SCHEMA.empty_table()
    connection.register("touched_files", files)
    former = manifest.query("manifest", "from manifest semi join touched_files using (path)")
    rows = former.to_arrow_table().cast(SCHEMA)
    connection.unregister("touched_files")
    return rows


def _batches(layouts):
    """Files of one layout together, so many at once."""
    alike = defaultdict(dict)
    for path, layout in layouts.items():
        alike[layout][path] = layout
    for batch in alike.values():
        paths = list(batch)
        for start in range(0, len(paths), FILES_AT_ONCE):
            yield {path: batch[path] for path in paths[start : start + FILES_AT_ONCE]}


def _hashed(connection, landing, table, layouts, files, problems):
    """The manifest's rows of these files, read together; by halves where one cannot be read."""
    try:
        return [_content(connection, landing, table, layouts, files)]
    except duckdb.Error as error:
        raise_if_outage(landing, error)
        if len(layouts) == 1:
            problems |= dict.fromkeys(layouts, reason(error))
            return []
        paths = list(layouts)
        halves = paths[: len(paths) // 2], paths[len(paths) // 2 :]
        return [
            part
            for half in halves
            for part in _hashed(
                connection, landing, table, {path: layouts[path] for path in half}, files, problems
            )
        ]


def _content(connection, landing, table, layouts, files):
    groups = {"round_number": "integer", "target": "varchar", "score": "varchar"}
    groups |= {"score_version": "varchar", "score_day": "integer", "known_at": "timestamp"}
    grouped = ("round_number", *table.part) if table.makes_rounds else ()
    keys = [
        f"{_as_utc(table, name) if name in grouped else f'cast(null as {kind})'} as {name}"
        for name, kind in groups.items()
    ]
    columns = ", ".join(f'"{name}"' for name in table.columns)
    listed = [
        files[str(path.relative_to(landing))]
        | {
            "layout": layout.as_text(),
            "value_columns": sorted(value_columns(table, layout)) if table.is_wide else None,
        }
        for path, layout in layouts.items()
    ]
    cursor = connection.cursor()
    cursor.register("listed", pa.Table.from_pylist(listed, schema=LISTED_SCHEMA))
    cursor.execute("set TimeZone = 'UTC'")
    query = f"""
        with landed as ({files_select(table, layouts, landing, with_findings=True)}),
        hashed as (
            select
                path,
                {", ".join(keys)},
                count(*) as row_count,
                sum(cast(hash({columns}) as hugeint)) as content_hash,
                sum(unreadable_cells) as unreadable_cells,
                min(unreadable_example) as unreadable_example,
                {_problem(table)} as problem
            from landed
            group by all
        )
        select
            listed.*,
            {", ".join(groups)},
            coalesce(row_count, 0) as row_count,
            coalesce(cast(content_hash as varchar), '0') as content_hash,
            coalesce(unreadable_cells, 0) as unreadable_cells,
            unreadable_example,
            problem
        from listed
        left join hashed using (path)
    """
    return cursor.execute(query).to_arrow_table().cast(SCHEMA)


def _problem(table):
    """SQL for why rows make their file unusable: they belong to nothing, or no round could be refused."""
    example = "coalesce(', as ' || min(unreadable_example), '')"
    if not table.makes_rounds:
        unreadable = (
            "if(sum(unreadable_cells) > 0, "
            f"concat(sum(unreadable_cells), ' cells are not of their type', {example}), null)"
        )
        return f"coalesce({unreadable}, {_key_problem(table)})" if table.key else unreadable
    lost = "round_number is null"
    if table.owner:
        unowned = " or ".join(f"{name} is null" for name in table.owner)
        lost += f" or ({unowned}) and unreadable_cells > 0"
    names = " or ".join(("round_number", *table.owner))
    return (
        f"if(count_if({lost}) > 0, "
        f"concat(count_if({lost}), ' rows have no {names} that can be read', {example}), null)"
    )


def _key_problem(table):
    """SQL for why rows do not have a key each."""
    key = ", ".join(table.key)
    keyed = " and ".join(f"{name} is not null" for name in table.key)
    extra = f"count(*) - count(distinct row({key})) filter ({keyed})"
    return f"if({extra} > 0, concat({extra}, ' rows repeat another''s {key}, or lack one'), null)"


def _with_problems(connection, content, files, problems, former):
    """The rows of new and touched files, those that cannot be used with the rounds that they concern."""
    query = """
        with bad as (
            select path, any_value(problem order by problem) as problem
            from (
                select path, problem from problems
                union all
                select path, problem from content where problem is not null
            )
            group by path
        ),
        held as (
            select path, round_number, sum(row_count) as row_count
            from (
                select path, round_number, row_count from former
                union all
                select path, round_number, 0 as row_count from content
            )
            where round_number is not null or row_count > 0
            group by path, round_number
        ),
        unusable as (
            select files.*, round_number, coalesce(row_count, 0) as row_count, '0' as content_hash, problem
            from bad
            inner join files using (path)
            left join held using (path)
        )
        select * from content anti join bad using (path)
        union all by name
        select * from unusable
    """
    told = {"path": list(problems), "problem": list(problems.values())}
    cursor = connection.cursor()
    cursor.register("content", content)
    cursor.register("former", former)
    cursor.register("files", files)
    text = pa.schema([("path", pa.string()), ("problem", pa.string())])
    cursor.register("problems", pa.table(told, schema=text))
    return cursor.execute(query).to_arrow_table().select(SCHEMA.names).cast(SCHEMA)


def _as_utc(table, name):
    is_moment = table.columns[name] == "timestamptz"
    return f"make_timestamp(epoch_us({name}))" if is_moment else name
