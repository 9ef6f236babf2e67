"""Whole builds: wall and CPU seconds, peak memory, bytes of warehouse, and where they go, by topic.

    python tests/bench/build.py                                           real size, five rounds before
    python tests/bench/build.py --rounds 100 --stocks 2000 --models 300   a backfill

Lands rounds, builds them at once, builds again with nothing new, then lands one round and builds it,
then the new target days of all open rounds. Beside it stands what numerai-tools needs for the same
scores, churn and turnover of the new round: a few models, scaled.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numerai_tools import scoring, signals
from tournament import BINS, Tournament

PROJECT = Path(__file__).parents[2]
SAMPLE = 40  # models that numerai-tools scores


class Builds:
    """A warehouse in a folder of its own, of this project or another."""

    def __init__(self, folder, project=PROJECT):
        self.folder, self.project = folder, project
        self.database = folder / "kardashev.duckdb"

    def build(self, what):
        """Runs `dbt build`, and prints what it took."""
        environment = os.environ | {
            "KARDASHEV_LANDING": str(self.folder / "landing"),
            "KARDASHEV_DB": str(self.database),
            "KARDASHEV_PUBLISHED": str(self.folder / "published.duckdb"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        dbt = str(Path(sys.executable).with_name("dbt"))
        command = [dbt, "build", "--quiet", "--exclude-resource-type", "unit_test"]
        command += ["--project-dir", str(self.project), "--profiles-dir", str(self.project)]
        before = self.database.stat().st_size if self.database.exists() else 0
        started, timed = time.monotonic(), self.folder / "time"
        done = subprocess.run(
            ["/usr/bin/env", "python3", "-c", RUNNER, str(timed), *command],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
        )
        if done.returncode:
            raise SystemExit(f"{what}: dbt build ended with {done.returncode}")
        wall = time.monotonic() - started
        spent = json.loads(timed.read_text())
        grown = (self.database.stat().st_size - before) / 1e6
        say(
            f"{what}: {wall:.0f} s, {spent['cpu']:.0f} CPU s, peak {spent['peak']:.1f} GB, "
            f"warehouse {self.database.stat().st_size / 1e6:,.0f} MB ({grown:+,.0f})"
        )
        if self.project == PROJECT:
            self._print_topics()

    def results(self):
        """What dbt says of each node of the last build."""
        return json.loads((self.folder / "target" / "run_results.json").read_text())["results"]

    def _print_topics(self):
        results = self.results()
        manifest = json.loads((self.folder / "target" / "manifest.json").read_text())["nodes"]
        topics, models = defaultdict(float), []
        for result in results:
            node = manifest.get(result["unique_id"])
            if node is None:
                continue
            is_model = node["resource_type"] == "model"
            topic = node["fqn"][1] if is_model else f"{node['resource_type']}s"
            topics[topic] += result["execution_time"]
            models.append((result["execution_time"], node["name"]))
        ordered = sorted(topics.items(), key=lambda item: -item[1])
        say("  thread s by topic:", ", ".join(f"{t} {s:.1f}" for t, s in ordered if s > 0.5))
        slow = sorted(models, reverse=True)[:12]
        say("  slowest:", ", ".join(f"{name} {s:.1f}" for s, name in slow if s > 0.2))

    def print_bytes(self):
        """Bytes of the tables that hold most."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            names = [
                n
                for (n,) in connection.execute("select table_name from duckdb_tables()").fetchall()
            ]
            sizes = {}
            for name in names:
                blocks = connection.execute(
                    f"select count(distinct block_id) from pragma_storage_info('{name}')"
                ).fetchone()[0]
                sizes[name] = blocks * 262_144 / 1e6
        largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
        say("  MB by table:", ", ".join(f"{name} {size:.0f}" for name, size in largest))


RUNNER = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
found = {"cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1e6}
open(sys.argv[1], "w").write(json.dumps(found))
sys.exit(done.returncode)
"""


def say(*words):
    print(*words, flush=True)


def main():
    options = parsed()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="kardashev-bench-"))
    tournament = Tournament(folder / "landing", options.stocks, options.models, options.columns)
    builds, newest = Builds(folder), options.rounds
    say(
        f"{options.stocks:,} stocks, {options.models:,} models, {options.columns} neutralizers, "
        f"{options.rounds} rounds before"
    )
    try:
        tournament.land(range(newest))
        tournament.land_targets(newest, range(newest))
        builds.build(f"{options.rounds} rounds at once")
        builds.build("nothing new")
        tournament.land([newest])
        builds.build("a new round")
        builds.print_bytes()
        tournament.land_targets(newest + 1, range(newest), only_newest=True)
        builds.build("new target days of the open rounds")
        if options.sample:
            beside(folder, newest, options)
    finally:
        if not options.folder:
            shutil.rmtree(folder)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stocks", type=int, default=5000)
    parser.add_argument("--models", type=int, default=4000)
    parser.add_argument("--columns", type=int, default=200, help="of N")
    parser.add_argument("--rounds", type=int, default=5, help="built before the new one")
    parser.add_argument(
        "--sample", type=int, default=SAMPLE, help="models of numerai-tools, 0: none"
    )
    parser.add_argument("--folder", help="kept; default: a temporary one")
    return parser.parse_args()


def beside(folder, newest, options):
    """CPU seconds of numerai-tools for the new round's scores and stability, of some models, scaled."""
    landing = folder / "landing"
    rounds = {
        n: Organiser(landing, n, options.sample) for n in range(max(newest - 5, 0), newest + 1)
    }
    new, started = rounds.pop(newest), cpu_seconds()
    for k in (None, 200):
        new.scores(k)
    for former in rounds.values():
        new.stability(former)
    spent = (cpu_seconds() - started) * options.models / options.sample
    say(f"numerai-tools, scores and stability of the new round: {spent:,.0f} CPU s (scaled)")


class Organiser:
    """A round as the organiser's code takes it."""

    def __init__(self, landing, number, count):
        def table(name):
            rows = pd.read_parquet(landing / name / f"{number}.parquet").set_index("stock_id")
            return rows.drop(columns="round_number")

        universe = table("universe")
        self.weights, self.basis = universe["sample_weight"], table("neutralizers")
        self.signals = read_signals(landing, number, count).reindex(universe.index).fillna(0.5)
        rng = np.random.default_rng(number)
        self.target = pd.Series(rng.choice(BINS, len(universe)), universe.index, name="t")

    def scores(self, k):
        """As often as house has them; by columns where that is the organiser's way."""
        p, t, n = self.signals, self.target, self.basis
        meta = p.mean(axis=1)
        neutral = scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize(p, n)
        for signals_of, times in ((p, 3), (neutral, 2)):
            for _ in range(times):
                scoring.numerai_corr(signals_of, t, top_bottom=k)
        for _ in range(2):
            scoring.correlation_contribution(p, meta, t, k)
        scoring.neutral_correlation(p, n, t, top_bottom=k)
        scoring.neutral_contribution(p, meta, n, t, k)
        if k is None:
            scoring.alpha(p, n, self.weights, t)
            stakes = pd.Series(1.0, p.columns)
            for _ in range(3):
                scoring.meta_portfolio_contribution(p, stakes, n, self.weights, t)

    def stability(self, former):
        both = [(r.signals, r.basis, r.weights) for r in (self, former)]
        weights = [
            scoring.generate_neutralized_weights(*r, center_and_normalize=True) for r in both
        ]
        for model in self.signals:
            sides = [r.signals[model] for r in (self, former)]
            signals.churn(*sides)
            signals.neutral_churn(*sides, self.basis, former.basis)
            signals.turnover(*(w[model] for w in weights))


def read_signals(landing, number, count):
    path = landing / "submissions" / f"{number}.parquet"
    rows = pd.read_parquet(path, filters=[("model_id", "<", f"model_{count:05d}")])
    return rows.pivot(index="id", columns="model_id", values="signal")


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
