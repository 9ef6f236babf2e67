"""A backfill: wall and CPU seconds of one build, and of slices by one and by two workers, in one run.

    python tests/bench/backfill.py                               60 rounds of 2,000 stocks and 300 models
    python tests/bench/backfill.py --rounds 20 --stocks 500

DuckDB and dbt have one thread in the build and in each worker, so that both are told by workers alone; what a
backfill does before and after has as many threads as there are workers.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from build import PROJECT, RUNNER, say
from tournament import Tournament

SINCE = 100  # rounds: these are years ago, and every score of them is final
SAME = "select count(*), sum(cast(hash(mart) as hugeint)) from published.{} as mart"
EXACT = (
    "fct_submissions",
    "fct_stakes",
    "fct_payouts",
    "leaderboard_models",
)  # without times of builds


def main():
    options = parsed()
    folder = Path(tempfile.mkdtemp(prefix="kardashev-bench-"))
    try:
        land(folder, options)
        size = (
            f"{options.stocks:,} stocks, {options.models:,} models, {options.columns} neutralizers"
        )
        say(f"{options.rounds} rounds of {size}")
        one = run(folder, 1, "one build", "build", "--quiet", "--threads", "1")
        expected = contents(folder)
        for workers in options.workers:
            wall = run(folder, workers, f"backfill, {workers} workers", "--workers", str(workers))
            if contents(folder) != expected:
                raise SystemExit("the backfill's marts are not those of one build")
            say(f"  {wall / one:.2f} of one build's wall time")
    finally:
        shutil.rmtree(folder)


def land(folder, options):
    tournament = Tournament(folder / "landing", options.stocks, options.models, options.columns)
    tournament.land(range(options.rounds))
    tournament.land_targets(options.rounds + SINCE, range(options.rounds))


def run(folder, threads, what, *arguments):
    """Builds an empty warehouse, prints what it took, and returns its wall seconds."""
    database, published = folder / "kardashev.duckdb", folder / "published.duckdb"
    for file in (database, published):
        file.unlink(missing_ok=True)
    environment = os.environ | {
        "KARDASHEV_LANDING": str(folder / "landing"),
        "KARDASHEV_DB": str(database),
        "KARDASHEV_PUBLISHED": str(published),
        "KARDASHEV_THREADS": str(threads),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    is_one = arguments[0] == "build"
    program = Path(sys.executable).with_name("dbt" if is_one else "kardashev")
    command = [str(program), *([] if is_one else ["backfill"]), *arguments]
    command += ["--project-dir", str(PROJECT)]
    if is_one:
        command += ["--profiles-dir", str(PROJECT), "--exclude-resource-type", "unit_test"]
    began, timed = time.monotonic(), folder / "time"
    timed_command = ["python3", "-c", RUNNER, str(timed), *command]
    process = subprocess.Popen(timed_command, env=environment, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        say(f"  {time.monotonic() - began:6.1f} s  {line.rstrip()}")
        slices = list(folder.glob("*.slices/[0-9]*/*.duckdb"))
        if line.startswith("building"):
            moved = sum(path.stat().st_size for path in slices) / 1e6
            say(f"            {len(slices)} slices, {moved:,.0f} MB")
    if process.wait():
        raise SystemExit(f"{what}: ended with {process.returncode}")
    wall, spent = time.monotonic() - began, json.loads(timed.read_text())
    size = database.stat().st_size / 1e6
    say(
        f"{what}: {wall:.0f} s, {spent['cpu']:.0f} CPU s, peak of a process {spent['peak']:.1f} GB, "
        f"warehouse {size:,.0f} MB"
    )
    return wall


def contents(folder):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder / 'published.duckdb'}' as published (read_only)")
        return [connection.execute(SAME.format(name)).fetchone() for name in EXACT]


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--stocks", type=int, default=2000)
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--columns", type=int, default=50, help="of N")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    return parser.parse_args()


if __name__ == "__main__":
    main()
