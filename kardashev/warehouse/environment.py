"""Where files are, as the environment says: one reading of it for dbt and for every command.

A relative path hangs below the dbt project, wherever dbt or a command was started.
"""

import os
import re
from pathlib import Path

from kardashev.errors import SettingError
from kardashev.warehouse.lake import PREFIX, Lake, masked, named_lake

LANDING, DATABASE, PUBLISHED = "KARDASHEV_LANDING", "KARDASHEV_DB", "KARDASHEV_PUBLISHED"
PARQUET, THREADS, MEMORY = "KARDASHEV_PARQUET", "KARDASHEV_THREADS", "KARDASHEV_MEMORY"
ROUNDS = "KARDASHEV_ROUNDS"  # what a backfill's builds are asked for, as 803-812
WORKER = {  # DuckDB's settings in a worker of a backfill; the profile stays as it is, so dbt parses once
    "threads": "KARDASHEV_WORKER_THREADS",
    "memory_limit": "KARDASHEV_WORKER_MEMORY",
}
LAKE_SCHEMA, LAKE_DATA = "KARDASHEV_LAKE_SCHEMA", "KARDASHEV_LAKE_DATA"
DEFAULTS = {
    LANDING: "landing",
    DATABASE: "warehouse/kardashev.duckdb",
    PUBLISHED: "warehouse/published.duckdb",
    PARQUET: None,  # only who asks for it pays for it
    LAKE_DATA: None,  # beside the lake's catalog, if that is a file
}
HERE = Path("/proc/self/cwd")  # of any process, in whatever folder it works
DEFAULT_SCHEMA = "main"  # of a lake
CURRENT = "current"  # in the folder of Parquet: a link to what people read
MOST_THREADS = 1024  # each takes memory of its own
NO_PATH = re.compile(
    r":|[A-Za-z]\w+:"
)  # begins what DuckDB takes for another kind of place: `:memory:`, `md:`
OBJECTS = "s3://"  # begins a landing in object storage
DUCKDB_MAGIC = slice(8, 12), b"DUCK"  # of a file's first bytes


def use_one_blas_thread():
    """Rounds are small matrices: two threads take longer over one than one does. Before numpy loads.

    Who sets OPENBLAS_NUM_THREADS has it as it is set.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def project_folder():
    """The dbt project as dbt finds it: DBT_PROJECT_DIR, else here or the nearest folder above."""
    named = os.environ.get("DBT_PROJECT_DIR")
    if named:
        return Path(named)
    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / "dbt_project.yml").exists())
    nearest = next(found, here)
    return Path() if nearest == here else nearest


def place(variable, project):
    """The path that a variable names, or its default.

    Parameters
    ----------
    variable : str, one of `DEFAULTS`
    project : Path of the dbt project

    Returns
    -------
    Path; `Lake` where the published copy is one; ObjectPath where the landing is in object storage; None
    where the variable is not set and has no default

    Raises
    ------
    SettingError
        When the variable is set to nothing, which never means the project's own folder, or to no path.
    """
    text = os.environ.get(variable, DEFAULTS[variable])
    return None if text is None else named_place(variable, text, project)


def named_place(variable, text, project):
    """The path, or the lake, that a text names; as `place` does of what a variable holds."""
    if variable == PUBLISHED and text.startswith(PREFIX):
        schema = os.environ.get(LAKE_SCHEMA, DEFAULT_SCHEMA)
        return named_lake(variable, text, project, schema, place(LAKE_DATA, project))
    if not text.strip():
        raise SettingError(f"{variable} is empty: unset it, or give a path")
    if variable == LANDING and text.startswith(OBJECTS):
        from kardashev.landing.object_storage import object_path  # slow to load, and seldom needed

        return object_path(text)
    if NO_PATH.match(text):
        raise SettingError(f"{variable} is {masked(text)!r}: give a path on this machine")
    return Path(project) / text


def from_here(path):
    """A file of the folder that a process works in, by a path that is the same in each such folder.

    dbt parses the project anew when the profile names another path.
    """
    return HERE / path.name if HERE.is_dir() else path


def check_places(landing, database, published, parquet=None):
    """Refuses places that a build could not use, or would damage; makes the folders it writes into.

    Parameters
    ----------
    landing, database, published, parquet : Path
        The first may be in object storage. The published copy may be a `Lake`. The last may be None: no
        Parquet is written.

    Raises
    ------
    SettingError
        In one line, before anything is read or written.
    """
    if not landing.is_dir():
        raise SettingError(f"no landing at {landing}: set {LANDING} or run `kardashev demo`")
    is_lake = isinstance(published, Lake)
    copy = published.file if is_lake else published
    check_file(DATABASE, database)
    if not is_lake:
        check_file(PUBLISHED, published)
    if copy is not None and is_same_file(database, copy):
        raise SettingError(
            f"{PUBLISHED} is the warehouse itself, {copy}: the copy would replace it; give another file"
        )
    if parquet and is_lake:
        raise SettingError(f"{PARQUET}: the lake {published} is Parquet already: unset one of them")
    if parquet:
        _check_folder(parquet, landing)


def _check_folder(parquet, landing):
    """Refuses a place for Parquet where no folder can be made, or where its files would be read as landed."""
    current = parquet / CURRENT
    if current.exists() and not current.is_symlink():
        raise SettingError(f"{PARQUET}: {current} is in the way: give a folder without it")
    if isinstance(landing, Path) and parquet.resolve().is_relative_to(landing.resolve()):
        raise SettingError(f"{PARQUET} is in the landing, {parquet}: give a folder outside it")
    try:
        parquet.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"{PARQUET}: {parquet} cannot be used: {error.strerror}") from error
    if not os.access(parquet, os.W_OK):
        raise SettingError(f"{PARQUET}: {parquet} cannot be written")


def check_threads(text):
    """Refuses a number of threads that DuckDB does not take."""
    text = str(text)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_THREADS):
        raise SettingError(f"{THREADS} is {text!r}: give a whole number from 1 to {MOST_THREADS}")


def check_memory(text):
    """Refuses a size that DuckDB does not take; empty is none."""
    if text and not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", text, re.ASCII | re.IGNORECASE):
        raise SettingError(f"{MEMORY} is {text!r}: give a size, as 4GB, or unset it")


def check_rounds(text):
    """Refuses what is no range of rounds."""
    if text and not re.fullmatch(r"[0-9]+-[0-9]+", text):
        raise SettingError(f"{ROUNDS} is {text!r}: give a range of rounds, as 803-812, or unset it")


def check_file(variable, file):
    """Refuses a place for a DuckDB file where none can be written, or another file would be lost.

    Parameters
    ----------
    variable : str, what names the place: a variable of the environment, or an option
    file : Path
    """
    if file.is_dir():
        raise SettingError(f"{variable} is a folder, {file}: give a file in it")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        start = _first_bytes(file) if file.exists() else b""
    except OSError as error:
        raise SettingError(f"{variable}: {file} cannot be used: {error.strerror}") from error
    if not os.access(file.parent, os.W_OK):
        raise SettingError(f"{variable}: {file.parent} cannot be written")
    place, magic = DUCKDB_MAGIC
    if start and start[place] != magic:
        raise SettingError(f"{variable}: {file} is no DuckDB file: it would be overwritten")


def _first_bytes(file):
    with file.open("rb") as opened:
        return opened.read(DUCKDB_MAGIC[0].stop)


def is_same_file(one, other):
    """Whether two paths lead to one file, by any links."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)
