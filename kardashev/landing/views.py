"""The views of the landing that dbt's sources name: typed, and pointed at the files that a build reads."""

import pyarrow as pa

from kardashev.landing.layouts import Layout
from kardashev.landing.object_storage import prepare
from kardashev.landing.reader import PATH, empty_select, rows_select
from kardashev.landing.tables import LANDED_TABLES

SCHEMA = "landing"
# Small, and read by every build, be it to find what is due: never narrowed.
WHOLE_TABLES = ("rounds", "models", "prices", "replayed_stakes", "replayed_scores")


def create_views(connection):
    """Makes the views ``landing.*``, typed and empty, where an earlier build has left none."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for table in LANDED_TABLES.values():
        select = empty_select(table.row_columns | PATH)
        connection.execute(f"create view if not exists {SCHEMA}.{table.name} as {select}")


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
        select = rows_select(LANDED_TABLES[name], of_files, landing)
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
