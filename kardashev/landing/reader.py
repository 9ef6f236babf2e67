"""Landed files as relations: one SELECT for a table's files, and the views that dbt's sources name."""

import re
from collections import defaultdict
from dataclasses import replace

import pyarrow as pa

from kardashev.errors import LandingError
from kardashev.landing.casts import cast, shown_cell, unreadable
from kardashev.landing.layouts import Layout, quoted, read_layouts, text_literal
from kardashev.landing.object_storage import prepare
from kardashev.landing.tables import LABELS, LANDED_TABLES, LandedTable

SCHEMA = "landing"
# Small, and read by every build, be it to find what is due: never narrowed.
WHOLE_TABLES = ("rounds", "models", "prices", "replayed_stakes", "replayed_scores")
FRAME_INDEX = re.compile(r"__index_level_\d+__|\(unnamed \d+\)|Unnamed: \d+")
PATH = {"path": "varchar"}
FINDINGS = {"unreadable_cells": "bigint", "unreadable_example": "varchar"}


def usable_layouts(connection, table: LandedTable, files):
    """The layouts of these files, and the problems of those that the table cannot be read from.

    Returns
    -------
    dict of Path → Layout, dict of Path → str
    """
    files = list(files)
    prepare(connection, next(iter(files), None))
    layouts, problems = read_layouts(connection, files)
    for path, layout in list(layouts.items()):
        layouts[path] = layout = _with_own_names(table, layout)
        if problem := _misfit(table, layout):
            problems[path] = problem
            del layouts[path]
    return layouts, problems


def files_select(table: LandedTable, layouts, landing=None, with_findings=False):
    """SQL that reads these files as the table's typed relation, a SELECT for each layout.

    Parameters
    ----------
    table : LandedTable
    layouts : dict of Path → Layout, as `usable_layouts` gives them; may be empty
    landing : Path, where the files are below it; adds the column ``path``, relative to it
    with_findings : bool, adds the columns of `FINDINGS`: how many cells of each row are not of their
        column's type, and one of them

    Returns
    -------
    str, a SELECT with the table's columns (long rows for a wide table)
    """
    alike = defaultdict(list)
    for path, layout in layouts.items():
        alike[layout].append(path)
    added = (PATH if landing else {}) | (FINDINGS if with_findings else {})
    parts = [_empty_select(table, added)]
    parts += [_select(table, layout, files, landing, added) for layout, files in alike.items()]
    return "\nunion all by name\n".join(parts)


def create_views(connection):
    """Makes the views ``landing.*``, typed and empty, where an earlier build has left none."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for table in LANDED_TABLES.values():
        connection.execute(
            f"create view if not exists {SCHEMA}.{table.name} as {_empty_select(table, PATH)}"
        )


def point_views(connection, landing, tables, files):
    """Points the views of some tables at these files only, so that nothing else is opened.

    Parameters
    ----------
    tables : names of tables
    files : rows (table_name, path, layout), the layout as text; those of other tables are passed over

    Returns
    -------
    pyarrow.Table (table_name, file_count), a row for each of the tables
    """
    prepare(connection, landing)
    layouts = {name: {} for name in tables}
    for name, path, layout in sorted(set(files)):
        if name in layouts:
            layouts[name][landing / path] = Layout.from_text(layout)
    for name, of_files in layouts.items():
        select = files_select(LANDED_TABLES[name], of_files, landing)
        connection.execute(f"create or replace view {SCHEMA}.{name} as {select}")
    counts = {name: len(of_files) for name, of_files in layouts.items()}
    return pa.table(
        {"table_name": list(counts), "file_count": pa.array(counts.values(), pa.int64())}
    )


def narrow_views(connection, landing, files_due):
    """Points the views of the large tables at the files due.

    Parameters
    ----------
    files_due : relation (table_name, path, layout)
    """
    tables = [name for name in LANDED_TABLES if name not in WHOLE_TABLES]
    rows = files_due.select("table_name, path, layout").fetchall()
    return point_views(connection, landing, tables, rows)


def widen_views(connection, landing, fresh, manifest, touched):
    """Points the views of the small tables at all their usable files.

    Parameters
    ----------
    fresh : pyarrow.Table (table_name, path, layout, problem, ...) of files just read
    manifest : relation of the same columns: all files, as the last build left them; or None
    touched : pyarrow.Table (path, ...) of files whose rows in the manifest hold no longer
    """
    usable = f"table_name in {WHOLE_TABLES} and problem is null"
    columns = "table_name, path, layout"
    rows = connection.from_arrow(fresh).filter(usable).select(columns).fetchall()
    if manifest is not None:
        gone = set(touched["path"].to_pylist())
        kept = manifest.filter(usable).select(columns).fetchall()
        rows += [row for row in kept if row[1] not in gone]
    point_views(connection, landing, WHOLE_TABLES, rows)


def value_columns(table, layout):
    """The columns of a wide table's file that hold values: all but keys, labels and a frame's index."""
    fixed = {*table.required, *table.optional, *LABELS}
    return [n for n in layout.types if n not in fixed and not FRAME_INDEX.fullmatch(n)]


def _with_own_names(table, layout):
    """The layout with the table's own names for its columns: capital letters say nothing, as in DuckDB."""
    own = {name.lower(): name for name in (*table.required, *table.optional, *LABELS)}
    columns = tuple((own.get(name.lower(), name), kind) for name, kind in layout.columns)
    return replace(layout, columns=columns)


def _misfit(table, layout):
    missing = [name for name in table.required if name not in layout.types]
    if missing:
        held = ", ".join(list(layout.types)[:8])
        return (
            f"no column {', '.join(missing)}: it has {held}; it needs {', '.join(table.required)}"
        )
    if table.is_wide and not value_columns(table, layout):
        return (
            f"no column beside {', '.join(table.required)}: each other one is a {table.name_column}"
        )
    return None


def _empty_select(table, added):
    columns = table.columns | added
    nulls = [f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns.items()]
    return f"select {', '.join(nulls)} where false"


def _select(table, layout, files, landing, added):
    """One layout's rows. What is added goes by other names meanwhile, for a file may have these."""
    typed = table.required | table.optional
    values = value_columns(table, layout) if table.is_wide else []
    alias = {name: _unused_name(layout, name) for name in added}
    columns = [
        f"{cast(n, layout.types[n], k) if n in layout.types else f'cast(null as {k})'} as {quoted(n)}"
        for n, k in typed.items()
    ]
    columns += [f"{cast(n, layout.types[n], 'double')} as {quoted(n)}" for n in values]
    if "path" in added:
        below = len(str(landing)) + 2
        columns.append(f"substr({quoted(alias['path'])}, {below}) as {quoted(alias['path'])}")
    if "unreadable_cells" in added:
        found = _findings(layout, typed | dict.fromkeys(values, "double"))
        columns += [f"{sql} as {quoted(alias[name])}" for name, sql in found.items()]
    kept = {name: quoted(alias[name]) for name in added}
    rows = f"(select {', '.join(columns)} from {layout.scan(files, alias.get('path'))})"
    if table.is_wide:
        rows += (
            f" unpivot include nulls (value for {table.name_column} in "
            f"({', '.join(map(quoted, values))}))"
        )
        if "unreadable_cells" in kept:  # of the file's row, said once
            is_first = f"{table.name_column} = {text_literal(values[0])}"
            kept["unreadable_cells"] = f"if({is_first}, {kept['unreadable_cells']}, 0)"
    selected = [quoted(name) for name in table.columns]
    selected += [f"{sql} as {name}" for name, sql in kept.items()]
    return f"select {', '.join(selected)} from {rows}"


def _findings(layout, typed):
    """SQL for the columns of `FINDINGS`."""
    lost = {n: unreadable(n, layout.types[n], k) for n, k in typed.items() if n in layout.types}
    lost = {name: test for name, test in lost.items() if test}
    count = " + ".join(f"cast({test} as bigint)" for test in lost.values()) or "cast(0 as bigint)"
    cases = " ".join(f"when {test} then {shown_cell(name)}" for name, test in lost.items())
    return {
        "unreadable_cells": count,
        "unreadable_example": f"case {cases} end" if cases else "cast(null as varchar)",
    }


def _unused_name(layout, name):
    taken = {column.lower() for column in layout.types}
    while name in taken:
        name += "_"
    return name


def read_select(connection, table, files):
    """`files_select` of files that must all be usable, as those of a built warehouse are.

    Raises
    ------
    LandingError
        When one of them is not.
    """
    layouts, problems = usable_layouts(connection, table, files)
    for path, problem in problems.items():
        raise LandingError(f"{path} cannot be used: {problem}")
    return files_select(table, layouts)
