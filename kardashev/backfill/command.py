"""The command that backfills rounds: what comes before, the slices, the merge, what comes after."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kardashev.backfill.build import Task, build_slice, load
from kardashev.backfill.merge import merge
from kardashev.backfill.parts import BEFORE, GUARDS, read_parts
from kardashev.backfill.slices import due_rounds, due_slices
from kardashev.errors import WarehouseError
from kardashev.printing import Progress, say
from kardashev.warehouse.environment import DATABASE, LANDING, ROUNDS, from_here
from kardashev.warehouse.invocation import Dbt
from kardashev.warehouse.reading import reading
from kardashev.workers import LOCAL, begun, results

MOST_ROUNDS = 50  # of a slice and its window, unless asked: a worker's memory grows with them
WINDOW_ROUNDS = 3  # of a slice take as long as judging and preparing its window does
MEMORY_SHARE = 0.8  # of the machine's, for all workers together
BEFORE_NODES = (*(f"kardashev.{topic}" for topic in BEFORE), *GUARDS)
ALL_ROUNDS = 0, 2**31 - 1


@dataclass(frozen=True)
class Backfill:
    """What to build, where, and by whom.

    first, last : int, rounds
    project, landing, database : Path, absolute
    workers : int, slices that are built at the same time
    engine : ``local`` or ``ray``
    slice_rounds : int, rounds of a slice at most; None: they are spread over the workers
    """

    first: int
    last: int
    project: Path
    landing: Path
    database: Path
    workers: int = 2
    engine: str = LOCAL
    slice_rounds: int | None = None

    @property
    def folder(self):
        """Beside the warehouse: slices that are built, until they are merged and all is published."""
        return self.database.with_name(f"{self.database.name}.slices")

    def lengths(self, due):
        """Rounds of the first slice and of each later one, of so many that are due."""
        if self.slice_rounds:
            return self.slice_rounds, self.slice_rounds
        slices = self.workers * max(1, -(-due // (self.workers * MOST_ROUNDS)))
        first = -(-(due + WINDOW_ROUNDS * (slices - 1)) // slices)
        return first, max(1, first - WINDOW_ROUNDS)


def backfill(asked):
    """Builds the rounds that are due among those asked for.

    Parameters
    ----------
    asked : Backfill

    Returns
    -------
    int, the exit status of the last `dbt build`: not 0 where a round is refused, as ever

    Raises
    ------
    WarehouseError
        When a part cannot be built. Slices that are built stay, and the next backfill takes them.
    """
    if not (asked.project / "dbt_project.yml").is_file():
        raise WarehouseError(
            f"no dbt project at {asked.project}: start in it, or give --project-dir"
        )
    asked.folder.mkdir(parents=True, exist_ok=True)
    workers = asked.workers if asked.engine == LOCAL else 0
    dbt = Dbt(asked.project, asked.folder, asked.database.parent)
    with dbt, begun(workers, load) as ahead:
        return _backfill(asked, dbt, ahead)


def _backfill(asked, dbt, ahead):
    """`backfill`, with dbt for what comes before and after, and with workers that have begun."""
    say("finding what is due")
    if status := _build(asked, dbt, "--select", *BEFORE_NODES, "--exclude", "test_type:generic"):
        raise WarehouseError(
            f"what is due was not found: dbt ended with {status}, its lines say why"
        )
    dbt.load(load)
    _remove(asked.folder.glob(".*"))  # of workers that were killed: none works here now
    parts = read_parts(asked.folder / "target" / "manifest.json")
    with reading(asked.database) as connection:  # so nothing writes it meanwhile
        slices = _slices(asked, connection)
        if not slices:
            _remove([asked.folder])
            say("no round is due")
            return 0
        built = _built(asked, parts, slices, ahead)
    with Progress("slices", "left") as progress:
        step = progress.begin(len(built))
        try:
            merge(asked.database, built, parts, lambda done: step(done, len(built) - done))
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise WarehouseError(
                f"slices cannot be merged into {asked.database}: {reason}"
            ) from error
    say("building what crosses rounds")
    status = _build(asked, dbt, "--select", *parts.after)
    if _is_recorded(asked):
        _remove([asked.folder])
    return status


def _slices(asked, connection):
    due = due_rounds(connection, asked.first, asked.last)
    return due_slices(connection, due, *asked.lengths(len(due)))


def _built(asked, parts, slices, ahead):
    """Pairs of a slice and the folder of its warehouse, in order, when all are built."""
    folders = {slice_: asked.folder / slice_.name for slice_ in slices}
    _remove(set(asked.folder.glob("[0-9]*")) - set(folders.values()))  # of another landing
    threads = max(1, (os.cpu_count() or 1) // asked.workers)
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * MEMORY_SHARE / 1e6
    settings = {
        "threads": str(threads),
        "memory_limit": f"{megabytes / asked.workers:.0f}MB",
    }
    tasks = [
        Task(
            *(slice_, parts, asked.project, asked.landing, asked.database, folder),
            settings=settings,
        )
        for slice_, folder in folders.items()
        if not folder.exists()
    ]
    total = sum(slice_.rounds for slice_ in slices)
    done = total - sum(task.slice_.rounds for task in tasks)
    if done:
        say(f"{done} of {total} rounds are built already")
    if tasks:
        say(f"building {total - done} rounds in {len(tasks)} slices, {asked.workers} at a time")
    with Progress("rounds", "to be merged") as progress:
        step = progress.begin(total)
        for slice_ in results(build_slice, tasks, asked.workers, asked.engine, ahead):
            done += slice_.rounds
            step(done, done)
    return list(folders.items())


def _build(asked, dbt, *arguments):
    """Runs `dbt build` in the warehouse and returns its exit status."""
    variables = {
        LANDING: str(asked.landing),
        DATABASE: str(from_here(asked.database)),
        ROUNDS: f"{asked.first}-{asked.last}",
    }
    selection = ("--exclude-resource-type", "unit_test", "--indirect-selection", "empty")
    return dbt.run("build", (*selection, *arguments), variables)


def _is_recorded(asked):
    """Whether the last build came to its end: the ledger has what was due and is not left out."""
    query = """
        select count(*) from int_rounds_due as due
        left join int_rounds_built as built using (round_number)
        where not due.is_left_out and due.build_id is distinct from built.build_id
    """
    with reading(asked.database) as connection:
        return connection.execute(query).fetchall() == [(0,)]


def _remove(paths):
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
