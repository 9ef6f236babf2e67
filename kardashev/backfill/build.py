"""Building one slice, in a process of its own: whoever kills that process ends all that it does."""

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kardashev.backfill.parts import Parts
from kardashev.backfill.slices import Slice, cut, warehouse_of
from kardashev.contracts.suites import great_expectations
from kardashev.errors import WarehouseError
from kardashev.warehouse.environment import (
    DATABASE,
    LANDING,
    PUBLISHED,
    ROUNDS,
    WORKER,
    from_here,
)
from kardashev.warehouse.invocation import PARSE, dbt_options, invoke, take_parse

LOG = "log.txt"


@dataclass(frozen=True)
class Task:
    """A slice to build.

    project, landing, database : Path, absolute
    folder : Path, where its warehouse stands when it is built
    settings : dict of str, DuckDB's in a worker
    """

    slice_: Slice
    parts: Parts
    project: Path
    landing: Path
    database: Path
    folder: Path
    settings: dict

    def __str__(self):
        return str(self.slice_)


def load():
    """Imports what building a slice takes seconds to import."""
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401

    with great_expectations():
        pass


def build_slice(task):
    """Builds a slice beside its folder, and gives it its name when it is done.

    Parameters
    ----------
    task : Task

    Returns
    -------
    Slice

    Raises
    ------
    WarehouseError
        When a model or a test of it fails; dbt's lines are left beside the folder.
    """
    scratch = Path(tempfile.mkdtemp(prefix=f".{task.slice_.name}.", dir=task.folder.parent))
    try:
        cut(task.database, task.slice_, task.parts, warehouse_of(scratch, task.database))
        take_parse(task.folder.parent / "target" / PARSE, scratch / "target" / PARSE)
        with (scratch / LOG).open("w") as log, contextlib.redirect_stdout(log):
            problem = _dbt(task, scratch)
        if problem:
            kept = task.folder.with_name(f"{task.folder.name}.{LOG}")
            shutil.copyfile(scratch / LOG, kept)
            raise WarehouseError(f"{task.slice_} cannot be built: {problem}; {kept} says more")
        with contextlib.suppress(FileExistsError, OSError):  # another process was first
            scratch.rename(task.folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return task.slice_


def _dbt(task, scratch):
    """Runs dbt in this process; what went wrong, in a line, or None."""
    variables = {
        LANDING: str(task.landing),
        DATABASE: str(from_here(warehouse_of(scratch, task.database))),
        PUBLISHED: str(scratch / "published.duckdb"),
        ROUNDS: f"{task.slice_.first}-{task.slice_.last}",
    } | {WORKER[setting]: value for setting, value in task.settings.items()}
    words = [
        *("--log-level-file", "none", "--no-write-json", "--no-use-colors", "build"),
        *dbt_options(task.project, scratch),
        *("--threads", "1", "--exclude-resource-type", "unit_test"),
        *("--indirect-selection", "empty", "--select", *task.parts.sliced),
    ]
    done = invoke(words, variables, scratch)
    if done.success:
        return None
    if done.exception:
        return _line(done.exception)
    failed = [result for result in done.result.results if result.status in ("error", "fail")]
    return (
        f"{failed[0].node.name}: {_line(failed[0].message)}" if failed else "dbt does not say why"
    )


def _line(text):
    return " ".join(str(text).split())
