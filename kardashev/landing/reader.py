"""Landed files as relations: a SELECT for files of a table; those of wide ones as long rows, or as lists."""

import re
from collections import defaultdict
from dataclasses import replace

import pyarrow as pa

from kardashev.errors import LandingError
from kardashev.landing.casts import cast, shown_cell, unreadable
from kardashev.landing.layouts import Layout, quoted, read_layouts, text_literal
from kardashev.landing.object_storage import prepare
from kardashev.landing.tables import LABELS, LANDED_TABLES, NAMES, VALUES, LandedTable

FRAME_INDEX = re.compile(r"__index_level_\d+__|\(unnamed \d+\)|Unnamed: \d+")
PATH = {"path": "varchar"}
SCANS = pa.schema(
    [
        ("round_number", pa.int32()),
        ("table_name", pa.string()),
        ("names", pa.list_(pa.string())),
        ("scan", pa.string()),
    ]
)
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
    added = (PATH if landing else {}) | (FINDINGS if with_findings else {})
    parts = [empty_select(table.columns | added)]
    parts += [
        _select(table, layout, files, landing, added) for layout, files in _alike(layouts).items()
    ]
    return "\nunion all by name\n".join(parts)


def rows_select(table: LandedTable, layouts, landing):
    """`files_select` with a row for each of a file: names and values of a wide table's are lists.

    The names are constant in a layout, so they cost nothing until they are looked at; a long row for each
    value costs ten times the list.
    """
    parts = [empty_select(table.row_columns | PATH)]
    for layout, files in _alike(layouts).items():
        rows, kept = _typed_rows(table, layout, files, landing, PATH)
        lists = _lists(value_columns(table, layout)) if table.is_wide else {}
        columns = [f"{lists.get(n, quoted(n))} as {quoted(n)}" for n in table.row_columns]
        parts.append(f"select {', '.join(columns)}, {kept['path']} as path from {rows}")
    return "\nunion all by name\n".join(parts)


def column_scans(landing, files):
    """How N and factors of each round are read: by a SELECT over that round's own files.

    A view of all files would open each of them for every round.

    Parameters
    ----------
    landing : Path
    files : relation (table_name, round_number, path, layout) of usable files, the layout as text

    Returns
    -------
    pyarrow.Table `SCANS`, a row for each layout of a round's files: ``scan`` gives (stock_id, `VALUES`), the
        latter in the order of ``names``
    """
    alike = defaultdict(list)
    listed = files.select("table_name, round_number, layout, path").order("all")
    for name, number, layout, path in listed.fetchall():
        alike[name, number, layout].append(landing / path)
    found = []
    for (name, number, text), paths in alike.items():
        table, layout = LANDED_TABLES[name], Layout.from_text(text)
        rows = rows_select(table, dict.fromkeys(paths, layout), landing)
        scan = f"select stock_id, {VALUES} from ({rows}) where round_number = {number}"
        found.append((number, name, value_columns(table, layout), scan))
    rows = [dict(zip(SCANS.names, row, strict=True)) for row in found]
    return pa.Table.from_pylist(rows, SCANS)


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


def _alike(layouts):
    """Files by their layout."""
    alike = defaultdict(list)
    for path, layout in layouts.items():
        alike[layout].append(path)
    return alike


def empty_select(columns):
    nulls = [f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns.items()]
    return f"select {', '.join(nulls)} where false"


def _select(table, layout, files, landing, added):
    """One layout's rows, those of a wide table unpivoted."""
    rows, kept = _typed_rows(table, layout, files, landing, added)
    if table.is_wide:
        values = value_columns(table, layout)
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


def _typed_rows(table, layout, files, landing, added):
    """SQL for one layout's rows, typed, and by what name each column that is added goes in it.

    A file may have a column of that name.
    """
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
    return f"(select {', '.join(columns)} from {layout.scan(files, alias.get('path'))})", kept


def _lists(names):
    """SQL for the lists of a wide table's row, by their columns: the names of its values, and these."""
    shown = {NAMES: map(text_literal, names), VALUES: map(quoted, names)}
    return {column: f"[{', '.join(cells)}]" for column, cells in shown.items()}


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
