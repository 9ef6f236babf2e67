"""A scratch warehouse: a copy of the built one, in a folder that is removed with it."""

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from kardashev.errors import WarehouseError
from kardashev.landing.object_storage import prepare
from kardashev.warehouse.environment import DATABASE, LANDING, PUBLISHED, from_here
from kardashev.warehouse.invocation import Dbt

SUCCEEDED = "success"


@dataclass(frozen=True)
class Scratch:
    """A folder for a copy of the warehouse, named as that is: its views name their tables by it."""

    folder: Path
    database: Path
    landing: Path
    process: Dbt

    def copy(self, database, say):
        """Copies a warehouse that nothing writes meanwhile, as an open reader makes sure.

        Parameters
        ----------
        database : Path
        say : function of one line

        Raises
        ------
        WarehouseError
            When there is no room for the copy.
        """
        say(f"copying the warehouse, {database.stat().st_size / 1e6:,.0f} MB")
        try:
            for suffix in ("", ".wal"):  # a killed build leaves its log beside the file
                part = database.with_name(f"{database.name}{suffix}")
                if part.exists():
                    shutil.copyfile(part, self.folder / part.name)
        except OSError as error:
            raise WarehouseError(
                f"{database} cannot be copied to {self.folder}: {error.strerror}; TMPDIR says where to"
            ) from error

    @contextmanager
    def connected(self):
        """A connection that writes the copy; dbt cannot meanwhile.

        Raises
        ------
        WarehouseError
            When DuckDB cannot do what is asked of it: say, a table is not as this version builds it.
        """
        try:
            with duckdb.connect(str(self.database)) as connection:
                connection.execute("set global TimeZone = 'UTC'")
                connection.execute(
                    "set enable_progress_bar = false"
                )  # it would stand in the report
                prepare(connection, self.landing)
                yield connection
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise WarehouseError(f"the copy of the warehouse cannot be used: {reason}") from error

    def dbt(self, command, nodes):
        """Runs dbt on some nodes of the copy; what it says goes to standard error.

        Parameters
        ----------
        command : ``run`` or ``seed``
        nodes : sequence of str, names; with ``+`` before one, what it is made from too

        Raises
        ------
        WarehouseError
            When one of the nodes was not built.
        """
        variables = {
            LANDING: str(self.landing.absolute()),
            DATABASE: str(from_here(self.database)),
            PUBLISHED: str(self.folder / "published.duckdb"),
        }
        results = self.folder / "target" / "run_results.json"
        results.unlink(missing_ok=True)
        status = self.process.run(command, ("--select", *nodes), variables)
        rows = json.loads(results.read_text())["results"] if results.exists() else []
        built = {row["unique_id"].split(".")[2] for row in rows if row["status"] == SUCCEEDED}
        if missing := sorted({name.removeprefix("+") for name in nodes} - built):
            raise WarehouseError(
                f"dbt {command} ended with {status} and did not build {', '.join(missing)}: its "
                "lines above say why"
            )


@contextmanager
def scratch_warehouse(project, landing, database):
    """A `Scratch` for a warehouse that is yet to be copied; its folder goes whatever happens.

    Parameters
    ----------
    project, landing, database : Path
    """
    with TemporaryDirectory(prefix="kardashev-scratch-") as folder:
        folder = Path(folder)
        with Dbt(Path(project).absolute(), folder, folder) as process:
            yield Scratch(folder, folder / database.name, landing, process)
