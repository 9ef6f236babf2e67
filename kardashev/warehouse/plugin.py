"""What dbt-duckdb loads at connect: where the files are, the views of the landing, and the UDFs."""

import os
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from kardashev.errors import KardashevError, WarehouseError
from kardashev.printing import visible_lines
from kardashev.warehouse.environment import (
    DATABASE,
    LANDING,
    MEMORY,
    PARQUET,
    PUBLISHED,
    ROUNDS,
    WORKER,
    check_memory,
    check_places,
    check_rounds,
    check_threads,
    place,
    use_one_blas_thread,
)

use_one_blas_thread()  # what follows loads numpy

import pyarrow as pa  # noqa: E402

from kardashev.landing.layouts import text_literal  # noqa: E402
from kardashev.landing.object_storage import prepare  # noqa: E402
from kardashev.landing.views import create_views  # noqa: E402
from kardashev.warehouse.lake import Lake  # noqa: E402
from kardashev.warehouse.lake_opening import check_lake  # noqa: E402
from kardashev.warehouse.rules import check_rules  # noqa: E402


def below_project(path):
    """A relative path hangs below the dbt project, wherever dbt was started."""
    from dbt.flags import get_flags

    return Path(get_flags().PROJECT_DIR or ".").resolve() / path


def landing_folder():
    """The landing of this build."""
    return place(LANDING, below_project("."))


def published_place():
    """The published copy that this build swaps in, a file or a lake."""
    return place(PUBLISHED, below_project("."))


def parquet_folder():
    """The folder where this build publishes Parquet; None if it does not."""
    return place(PARQUET, below_project("."))


def is_full_refresh():
    """Whether this build starts from nothing."""
    from dbt.flags import get_flags

    return bool(getattr(get_flags(), "FULL_REFRESH", False))


def previous_table(session, this, name=None):
    """A Python model's own table as the last build left it, or another's; None on the first build."""
    try:
        return session.table(f'"{this.schema}"."{name or this.identifier}"')
    except duckdb.CatalogException:
        return None


def left_by_last_build(session, this, name=None):
    """`previous_table`, but None under a full refresh, which starts from nothing."""
    return None if is_full_refresh() else previous_table(session, this, name)


def norm_ppf(probabilities):
    """Standard normal quantile of an Arrow array of probabilities in (0, 1); null stays null."""
    from scipy.special import ndtri  # slow to load, and needed only where rounds are due

    return pa.array(ndtri(probabilities.to_numpy(zero_copy_only=False)), from_pandas=True)


class Plugin(BasePlugin):
    """Checks what a person can get wrong before dbt connects, then prepares each connection."""

    def update_connection_config(self, creds, config):
        try:
            self._check(creds)
        except KardashevError as error:
            raise DbtRuntimeError(visible_lines(str(error))) from None

    def _check(self, creds):
        project = below_project(".")
        place(DATABASE, project)  # an empty name would be the project's folder
        creds.path = str(project / creds.path)
        published = published_place()
        check_places(landing_folder(), Path(creds.path), published, parquet_folder())
        if isinstance(published, Lake):
            check_lake(published, PUBLISHED)
        check_threads((creds.settings or {}).get("threads", 1))
        check_memory(os.environ.get(MEMORY, ""))
        check_rounds(os.environ.get(ROUNDS, ""))
        check_rules(project)
        try:
            duckdb.connect(creds.path, config={}).close()
        except duckdb.IOException as error:
            reason = str(error).strip().splitlines()[0]
            raise WarehouseError(f"the warehouse {creds.path} cannot be opened: {reason}") from None

    def configure_connection(self, conn):
        conn.execute("set global TimeZone = 'UTC'")
        _set(conn, {"memory_limit": MEMORY})
        create_views(conn)
        prepare(conn, landing_folder())
        conn.create_function("norm_ppf", norm_ppf, ["DOUBLE"], "DOUBLE", type="arrow")

    def configure_cursor(self, cursor):
        _set(cursor, WORKER)  # dbt has set what the profile says, for each cursor anew
        prepare(cursor, landing_folder())  # credentials may be for less time than a build takes


def _set(connection, settings):
    """DuckDB's settings, by the variables of the environment that hold them; empty is none."""
    for setting, variable in settings.items():
        if value := os.environ.get(variable):
            connection.execute(f"set global {setting} = {text_literal(value)}")
