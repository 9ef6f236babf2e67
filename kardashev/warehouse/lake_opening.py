"""Opening a lake, to write it or to read it.

DuckDB's extensions come from PyPI packages: nothing is fetched from a network when they are loaded.
"""

from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import duckdb

from kardashev.errors import SettingError
from kardashev.landing.layouts import text_literal
from kardashev.warehouse.environment import LAKE_DATA
from kardashev.warehouse.lake import DUCKDB, POSTGRES, SQLITE, masked

EXTENSIONS = {
    SQLITE: ("ducklake", "sqlite_scanner"),
    POSTGRES: ("ducklake", "postgres_scanner"),
    DUCKDB: ("ducklake",),
}
# Every row is in Parquet, and a mart's files are those of its rounds: the catalog holds no rows itself.
NO_INLINING = "data_inlining_row_limit 0"
NO_DATA_PATH = "data_path is not set"  # what DuckDB says of a new lake in Postgres
WHEN_CLOSED = """
    select min(snapshot_id) from {alias}.snapshots()
    where commit_extra_info ->> 'schema' = $1
        and cast(commit_extra_info ->> 'newest_round_closed' as integer) >= $2
"""


def check_lake(lake, variable):
    """Refuses a lake that cannot be opened to write; makes an empty one where there is none.

    Raises
    ------
    SettingError
        In one line.
    """
    try:
        if lake.file is not None:
            lake.file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection, attached(connection, lake, "lake"):
            pass
    except OSError as error:
        raise SettingError(f"{variable}: {lake} cannot be used: {error.strerror}") from error
    except duckdb.Error as error:
        reason = reason_of(error)
        if NO_DATA_PATH in reason:
            reason = f"it is new: name a folder for its Parquet with {LAKE_DATA}"
        raise SettingError(f"{variable}: {lake} cannot be opened: {reason}") from None


@contextmanager
def attached(connection, lake, alias):
    """A cursor to which a lake is attached, to write it."""
    cursor = connection.cursor()
    load(cursor, lake)
    options = [NO_INLINING]
    if lake.data:
        options.append(f"data_path {text_literal(f'{lake.data}/')}")
    elif lake.file is not None and not lake.file.exists():
        options.append(f"data_path {text_literal(f'{lake.file}.files/')}")
    cursor.execute(f"attach {text_literal(lake)} as {alias} ({', '.join(options)})")
    try:
        yield cursor
    finally:
        cursor.execute(f"detach {alias}")


def opened(lake, alias):
    """A connection of its own that reads a lake, the newest snapshot at each query.

    Parameters
    ----------
    lake : Lake
    alias : str, by which it is attached

    Raises
    ------
    SettingError
        When an extension is not installed.
    duckdb.Error
        When the lake is not there, or cannot be read.
    """
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        load(connection, lake)
        connection.execute(f"attach {text_literal(lake)} as {alias} (read_only)")
        _keep_data_open(connection, alias)
    except Exception:
        connection.close()
        raise
    return connection


def travel(connection, lake, alias, round_number):
    """Goes back, in an attached lake, to its first publication when a round had closed; False without one."""
    query = WHEN_CLOSED.format(alias=alias)
    ((snapshot,),) = connection.execute(query, [lake.schema, round_number]).fetchall()
    if snapshot is not None:
        connection.execute(f"detach {alias}")
        version = f"snapshot_version {snapshot}"
        connection.execute(f"attach {text_literal(lake)} as {alias} (read_only, {version})")
    return snapshot is not None


def _keep_data_open(connection, alias):
    """Lets the lake's files be read when the connection may open no others."""
    option = f"select value from {alias}.options() where option_name = 'data_path'"
    (data,) = connection.execute(option).fetchone()
    connection.execute(f"set allowed_directories = [{text_literal(data)}]")


def load(connection, lake):
    """Loads what DuckDB needs for a lake, from the packages that hold it."""
    for name in EXTENSIONS[lake.kind]:
        connection.execute(f"load {text_literal(_extension(name))}")


def _extension(name):
    package = find_spec(f"duckdb_extension_{name}")
    folder = Path(package.origin).parent if package else Path()
    file = folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if package is None or not file.is_file():
        raise SettingError(
            f"a lake needs DuckDB's extension {name}, version {duckdb.__version__}: run "
            "`pip install 'kardashev[lake]'`"
        )
    return file


def reason_of(error):
    """The first line of what DuckDB says."""
    return masked(str(error).strip().splitlines()[0])
