"""What lies in the landing, told by size, times and inode: nothing is opened, so listing takes seconds.

A file is what it was as long as these are: nobody can set back the time of an inode's change. An object is
what it was as long as its size, time and ETag are.
"""

import os
from collections import defaultdict
from pathlib import Path

import pyarrow as pa

from kardashev.landing.object_storage import ObjectPath, landing_path, objects_below
from kardashev.landing.replacement import lists_in_force, replaced_files
from kardashev.landing.tables import LANDED_TABLES

STAT = ("size_bytes", "modified_ns", "inode", "changed_ns")
NO_STAT = dict.fromkeys(STAT, -1)
FILE_SCHEMA = pa.schema(
    [("table_name", pa.string()), ("path", pa.string()), *((name, pa.int64()) for name in STAT)]
)


def landed_files(landing, table_name):
    """Paths of what lies in a table's folder, sorted; names that begin with ``.`` or ``_`` are not landed.

    Linked folders are walked too, each once; a link to nothing is listed like a file. What another file
    has replaced is not landed any more.
    """
    landing = landing_path(landing)
    below = _length(landing)
    return sorted(landing / entry.path[below:] for entry in _walk(landing / table_name))


def file_stat(path):
    """The values of `STAT` by name; of a file that is not there, `NO_STAT`."""
    try:
        return dict(zip(STAT, _values(Path(path).stat()), strict=True))
    except OSError:
        return NO_STAT


def file_stats(landing, paths):
    """`file_stat` of landed files, by their paths below the landing; of objects without a request each."""
    if not isinstance(landing, ObjectPath):
        return {path: file_stat(landing / path) for path in paths}
    below, found, by_folder = _length(landing), {}, defaultdict(list)
    for path in paths:
        by_folder[path.split("/")[0]].append(path)
    for in_folder in by_folder.values():
        start = os.path.commonprefix(in_folder)  # noqa: RUF071 (listed are keys, not folders)
        for entry in objects_below(landing, start):
            path, *values = _described(entry, below)
            found[path] = dict(zip(STAT, values, strict=True))
    return {path: found.get(path, NO_STAT) for path in paths}


def listed_files(landing):
    """Every landed file.

    Parameters
    ----------
    landing : Path, or ObjectPath

    Returns
    -------
    pyarrow.Table (table_name, path below the landing, the columns of `STAT`)
        A name that is no UTF-8 stands for no file, and cannot be used: it has the values of `NO_STAT`.
    """
    landing = landing_path(landing)
    below = _length(landing)
    rows = [
        (name, *_described(entry, below))
        for name in LANDED_TABLES
        for entry in _walk(landing / name)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in FILE_SCHEMA]
    arrays = [
        pa.array(column, kind) for column, kind in zip(columns, FILE_SCHEMA.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=FILE_SCHEMA)


def touched_files(connection, landing, manifest=None):
    """The files to read, and those that are gone: what differs from the manifest, and what it could not use.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    landing : Path
    manifest : relation (table_name, path, the columns of `STAT`, problem, ...), or None: all are to be read

    Returns
    -------
    pyarrow.Table with the columns of `listed_files`, and ``is_landed``: false of one that is gone
    """
    listed = listed_files(landing)
    if manifest is None:
        return listed.append_column("is_landed", pa.array([True] * len(listed), pa.bool_()))
    stat = ", ".join(STAT)
    connection.register("listed_files", listed)
    touched = manifest.query(
        "manifest",
        f"""
        select listed.*, true as is_landed
        from listed_files as listed
        anti join (from manifest where problem is null) as usable using (table_name, path, {stat})
        union all by name
        select distinct table_name, path, {", ".join(f"-1 as {name}" for name in STAT)}, false as is_landed
        from manifest
        anti join listed_files as listed using (path)
        """,
    ).to_arrow_table()
    connection.unregister("listed_files")
    return touched


def changed_files(landing, listed):
    """The listed files that are no longer what the manifest says, so what was read of them may be another's.

    Parameters
    ----------
    landing : Path
    listed : relation with path and the columns of `STAT`

    Returns
    -------
    pyarrow.Table (path)
    """
    rows = set(listed.select(", ".join(("path", *STAT))).fetchall())
    stats = file_stats(landing, {path for path, *_ in rows})
    changed = [path for path, *was in rows if list(stats[path].values()) != was]
    return pa.table({"path": pa.array(sorted(changed), pa.string())})


def _length(landing):
    """Of what stands before a path below the landing."""
    return len(os.fspath(landing / "_")) - 1


def _walk(root):
    """The entries of the files below a folder, and below the folders that are linked there."""
    if isinstance(root, ObjectPath):
        return objects_below(root)
    folders, walked, found, replaced = [os.fspath(root)], set(), [], set()
    while folders:
        here = folders.pop()
        try:
            stat = Path(here).stat()
            if (stat.st_dev, stat.st_ino) in walked:
                continue
            walked.add((stat.st_dev, stat.st_ino))
            with os.scandir(here) as scanned:
                entries = list(scanned)
        except OSError:  # no folder, or not ours to read
            continue
        for list_path in lists_in_force(here, [entry.name for entry in entries]):
            replaced |= {os.fspath(path) for path in replaced_files(root, list_path)}
        for entry in entries:
            if entry.name.startswith((".", "_")):
                continue
            if _is_folder(entry):
                folders.append(entry.path)
            else:
                found.append(entry)
    return [entry for entry in found if entry.path not in replaced]


def _is_folder(entry):
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _described(entry, below):
    path = entry.path[below:]
    try:
        path.encode()
        return path, *_values(entry.stat())
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace"), *NO_STAT.values()
    except OSError:
        return path, *NO_STAT.values()


def _values(found):
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns
