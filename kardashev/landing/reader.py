"""Landed files as relations: one SELECT for a table's files, and the views that dbt's sources name."""

import re
from pathlib import Path

import pyarrow as pa

from kardashev.errors import LandingError
from kardashev.landing.tables import LANDED_TABLES, SUFFIXES, LandedTable

SCHEMA = "landing"
NUMERIC_TYPES = ("INT", "FLOAT", "DOUBLE", "DECIMAL")
WHOLE_TABLES = ("rounds", "models")  # small, and needed to find what is due: never narrowed


def landed_files(landing, table_name):
    """Paths of a table's files, sorted; hidden files and folders are not landed."""
    folder = Path(landing) / table_name
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def files_select(connection, table: LandedTable, files, landing=None):
    """SQL that reads these files as the table's typed relation.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    table : LandedTable
    files : list of Path, Parquet and CSV mixed; may be empty
    landing : Path, where the files are below it; adds the column ``path``, relative to it

    Returns
    -------
    str, a SELECT with the table's columns (long rows for a wide table)

    Raises
    ------
    LandingError
        When a required column, or every numeric column of a wide table, is missing.
    duckdb.Error
        When a file cannot be read.
    """
    parts = [_empty_select(table, with_path=landing is not None)]
    for suffix in SUFFIXES:
        chosen = [path for path in files if path.suffix == suffix]
        if chosen:
            parts.append(_format_select(connection, table, chosen, suffix, landing))
    return "\nunion all by name\n".join(parts)


def create_views(connection, landing):
    """Makes the views ``landing.*``: whole for the small tables, typed and empty for the others.

    A view that an earlier build narrowed stays as it is until `narrow_views` replaces it.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    for table in LANDED_TABLES.values():
        if table.name in WHOLE_TABLES:
            _replace_view(connection, landing, table, landed_files(landing, table.name))
        else:
            connection.execute(
                f"create view if not exists {SCHEMA}.{table.name} as {_empty_select(table)}"
            )


def narrow_views(connection, landing, files_due):
    """Points the views of the large tables at the files due only, so that nothing else is opened.

    Parameters
    ----------
    files_due : relation (table_name, path)

    Returns
    -------
    pyarrow.Table (table_name, file_count), a row for each narrowed view
    """
    paths = {name: [] for name in LANDED_TABLES if name not in WHOLE_TABLES}
    for name, path in files_due.fetchall():
        if name in paths:
            paths[name].append(Path(landing) / path)
    for name, files in paths.items():
        _replace_view(connection, landing, LANDED_TABLES[name], sorted(files))
    counts = {name: len(files) for name, files in paths.items()}
    return pa.table(
        {"table_name": list(counts), "file_count": pa.array(counts.values(), pa.int64())}
    )


def literal_path(path):
    """A path that stands for itself alone: DuckDB reads paths as patterns."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path))


def _quoted_list(paths):
    quoted = (literal_path(path).replace("'", "''") for path in paths)
    return "[" + ", ".join(f"'{path}'" for path in quoted) + "]"


def _replace_view(connection, landing, table, files):
    select = files_select(connection, table, files, Path(landing))
    connection.execute(f"create or replace view {SCHEMA}.{table.name} as {select}")


def _empty_select(table, with_path=True):
    path = ["cast(null as varchar) as path"] if with_path else []
    columns = [f'cast(null as {kind}) as "{name}"' for name, kind in table.columns.items()]
    return f"select {', '.join(path + columns)} where false"


def _format_select(connection, table, files, suffix, landing):
    source = _file_scan(table, files, suffix)
    described = connection.execute(f"describe select * from {source}").fetchall()
    types = {name: kind for name, kind, *_ in described}
    missing = [name for name in table.required if name not in types]
    if missing:
        where = files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
        raise LandingError(
            f"{table.name}/: no column {', '.join(missing)} in {where}: "
            f"it needs {', '.join(table.required)}"
        )
    columns = [f'try_cast("{n}" as {k}) as "{n}"' for n, k in table.required.items()]
    columns += [
        f'try_cast("{n}" as {k}) as "{n}"' if n in types else f'cast(null as {k}) as "{n}"'
        for n, k in table.optional.items()
    ]
    if landing is not None:
        columns.insert(0, f"substr(filename, {len(str(landing)) + 2}) as path")
    if not table.is_wide:
        return f"select {', '.join(columns)} from {source}"
    fixed = {*table.required, *table.optional, "filename"}
    values = [n for n, k in types.items() if n not in fixed and k.startswith(NUMERIC_TYPES)]
    if not values:
        raise LandingError(f"{table.name}/: no numeric column in {files[0]}: one each is read")
    names = [f'"{name}"' for name in values]
    casts = ", ".join(f"cast({name} as double) as {name}" for name in names)
    return (
        f"select * from (select {', '.join(columns)}, {casts} from {source}) "
        f"unpivot (value for {table.name_column} in ({', '.join(names)}))"
    )


def _file_scan(table, files, suffix):
    options = "union_by_name = true, filename = true"
    if suffix == ".parquet":
        return f"read_parquet({_quoted_list(files)}, {options})"
    if table.is_wide:  # the numeric columns are those the sniffer finds; keys stay text
        return f"read_csv({_quoted_list(files)}, {options}, header = true, types = {{'stock_id': 'VARCHAR'}})"
    return f"read_csv({_quoted_list(files)}, {options}, header = true, all_varchar = true)"
