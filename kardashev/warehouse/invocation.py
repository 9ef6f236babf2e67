"""How commands run dbt: on this project, wherever they are, with its files in a folder of theirs."""

import os
import shutil
import sys
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from kardashev.errors import WarehouseError
from kardashev.workers import OneProcess

FAILED, UNHANDLED = 1, 2  # exit statuses, as dbt's own command has them
PARSE = "partial_parse.msgpack"  # what dbt keeps of its parse of a project, in its target folder


def dbt_options(project, folder):
    """dbt's options for a project, and for a folder that takes what dbt writes beside the warehouse.

    Parameters
    ----------
    project, folder : Path

    Returns
    -------
    list of str
    """
    places = {
        "project-dir": project,
        "profiles-dir": project,
        "target-path": folder / "target",
        "log-path": folder / "logs",
    }
    return [part for name, path in places.items() for part in (f"--{name}", str(path))]


class Dbt:
    """dbt on this project, in a process of its own; what it says goes to standard error. A context.

    The process keeps what it has loaded from one command to the next. dbt takes as long to parse the project
    as many commands take for all else, so its parse is kept in the project's target folder for the next
    process: dbt itself checks what has changed since. It holds for warehouses whose path is `from_here`.

    project, folder : Path, as in `dbt_options`
    works_in : Path
    """

    def __init__(self, project, folder, works_in):
        self.project, self.folder, self.works_in = project, folder, works_in
        self.kept, self.own = project / "target" / "commands" / PARSE, folder / "target" / PARSE

    def __enter__(self):
        self.process = OneProcess()
        return self

    def __exit__(self, *_):
        self.process.end()

    def load(self, function):
        """Has the process load, with a function of a module, what a later command needs; does not wait."""
        self.process.submit(function)

    def run(self, command, arguments, variables):
        """Runs a command of dbt, with variables added to its environment, and returns its exit status.

        Raises
        ------
        WarehouseError
            When the process is killed.
        """
        take_parse(self.kept, self.own)
        words = ["--quiet", command, *dbt_options(self.project, self.folder), *arguments]
        try:
            status = self.process.submit(_status, words, variables, self.works_in).result()
        except BrokenProcessPool as error:
            raise WarehouseError(
                f"dbt {command} was killed, by the system if it needed too much memory"
            ) from error
        _keep_parse(self.own, self.kept)
        return status


def invoke(words, variables, works_in):
    """Runs dbt in this process, which is there for it: its environment and folder change.

    Parameters
    ----------
    words : list of str, the command line
    variables : dict of str, added to the environment
    works_in : Path

    Returns
    -------
    dbt.cli.main.dbtRunnerResult
    """
    os.environ |= variables
    os.chdir(works_in)
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters
    from dbt.cli.main import dbtRunner

    done = dbtRunner().invoke(words)
    DuckDBConnectionManager.close_all_connections()
    reset_adapters()
    return done


def _status(words, variables, works_in):
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    done = invoke(words, variables, works_in)
    sys.stdout.flush()
    if done.exception:
        return UNHANDLED
    return 0 if done.success else FAILED


def take_parse(kept, own):
    """Copies what dbt kept of its parse to where it looks for its own, if there is none yet."""
    if kept.exists() and not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept, own)


def _keep_parse(own, kept):
    """Copies a parse that dbt made anew; a project that cannot be written is parsed each time."""
    if not own.exists():
        return
    with suppress(OSError):
        if kept.exists() and kept.stat().st_mtime_ns == own.stat().st_mtime_ns:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        written = kept.with_name(f".{kept.name}.{os.getpid()}")
        shutil.copy2(own, written)
        written.replace(kept)
