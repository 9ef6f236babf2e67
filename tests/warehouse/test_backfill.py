"""A backfill ends in the marts of one build, whoever of its workers is killed, and refuses as that does."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import tournament
from harness import Warehouse, assert_same_marts

from kardashev.workers import LOCAL, RAY

PATIENCE = 2400  # seconds; the workers of Ray let others go first
BAD_ROUND = 3
MANY = tuple(range(1, 61))


class Backfill:
    """`kardashev backfill` of a warehouse's landing, in a process that can be killed."""

    def __init__(self, warehouse, *options):
        self.folder = warehouse.folder / f"{warehouse.database.name}.slices"
        self.log = (warehouse.folder / "backfill.log").open("w+")
        command = [Path(sys.executable).with_name("kardashev"), "backfill", *options]
        places = ["--project-dir", warehouse.project, "--database", warehouse.database]
        self.process = subprocess.Popen(
            [*map(str, (*command, *places))],
            env=warehouse.environment(),
            cwd=warehouse.folder,
            stderr=self.log,
        )

    def wait(self):
        """Its exit status, and what it said."""
        try:
            status = self.process.wait(PATIENCE)
        finally:
            self.process.kill()
        self.log.seek(0)
        with self.log:
            return status, self.log.read()

    def until(self, found):
        """What a function finds, when it finds something while the backfill runs."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            if value := found():
                return value
            time.sleep(0.02)
        raise RuntimeError(f"it ended before: {self.wait()}")

    def kill_worker(self):
        """Kills a worker that has begun to build a slice."""
        os.kill(self.until(self._worker), signal.SIGKILL)

    def kill(self):
        """Kills the backfill itself when it has built a slice; a worker ends what it does."""
        self.until(lambda: list(self.folder.glob("[0-9]*-*")))
        self.process.kill()
        self.process.wait()

    def _worker(self):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                folder = (process / "cwd").readlink()
            except OSError:  # it has ended
                continue
            if folder.parent == self.folder and folder.name.startswith("."):
                return int(process.name)
        return None


def spoil(landing, number):
    """Names a stock twice in a round's universe; returns what is to be restored."""
    path = landing / "universe" / f"{number}.parquet"
    kept = pd.read_parquet(path)
    tournament.write(pd.concat([kept, kept.head(1)]), landing, "universe", number)
    return kept


def test_backfills_that_are_killed_and_refused_end_in_the_marts_of_one_build(warehouse, clean):
    tournament.land_all(warehouse.landing, tournament.ROUNDS)
    kept = spoil(warehouse.landing, BAD_ROUND)
    first = Backfill(warehouse, "--slice-rounds", "3", "--to", "5")
    first.kill_worker()
    status, said = first.wait()
    assert status == 1, said
    assert f"round {BAD_ROUND} is refused: universe/ " in said
    built = {n for (n,) in warehouse.query("select round_number from int_rounds_built")}
    assert built == {1, 2, 5}  # 4 has round 3 in its window; 6 was not asked for
    tournament.write(kept, warehouse.landing, "universe", BAD_ROUND)
    killed = Backfill(warehouse, "--slice-rounds", "3", "--workers", "1")
    killed.kill()
    status, said = Backfill(warehouse, "--slice-rounds", "3").wait()
    assert status == 0, said
    assert "rounds are built already" in said
    assert_same_marts(warehouse.marts(), clean.marts())
    assert not killed.folder.exists()
    held = "select round_number from int_rounds_built where is_held order by all"
    ranked = "select distinct round_number from int_signal_ranks order by all"
    assert warehouse.query(held) == warehouse.query(ranked) == [(5,), (6,)]  # the others are past


def test_what_a_backfill_lets_go_is_made_again_when_a_target_is_revised(tmp_path, clean):
    built, backfilled = Warehouse(tmp_path / "built"), Warehouse(tmp_path / "backfilled")
    shutil.copytree(clean.folder, built.folder, dirs_exist_ok=True)
    shutil.copytree(clean.landing, backfilled.landing)
    status, said = Backfill(backfilled).wait()
    assert status == 0, said
    for warehouse in (built, backfilled):
        tournament.land_targets(warehouse.landing, 1, 20, revision=60)
        warehouse.build()
    assert_same_marts(backfilled.marts(), built.marts())


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """Sixty rounds, one of which is refused, built at once."""
    built = Warehouse(tmp_path_factory.mktemp("serial"))
    tournament.land_all(built.landing, MANY)
    spoil(built.landing, MANY[20])
    said = built.build(succeeds=False, is_tested=True)
    return built, {line.split("  ")[-1] for line in said.splitlines() if "is refused" in line}


@pytest.mark.long
@pytest.mark.parametrize("engine", [LOCAL, RAY])
def test_sixty_rounds_with_one_refused_are_those_of_one_build(engine, warehouse, serial):
    expected, refusals = serial
    shutil.copytree(expected.landing, warehouse.landing)
    backfill = Backfill(warehouse, "--engine", engine, "--slice-rounds", "13")
    backfill.kill_worker()
    status, said = backfill.wait()
    assert status == 1, said
    assert refusals
    assert all(line in said for line in refusals)
    assert_same_marts(warehouse.marts(), expected.marts())
