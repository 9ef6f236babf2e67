"""Churn and turnover of a round against the five before it: seconds of each step, beside numerai-tools.

`make bench` runs it. 4,000 models, a tenth with heavy ties; 5,000 stocks, 25 of which change every round.
The steps are the production models' own SQL, compiled by dbt; the tables they read are made up, not built.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from clock import cpu, peak_gigabytes
from numerai_tools import signals

from kardashev.kernels.ranking import doubled_rank

PROJECT = Path(__file__).parents[2]
MODELS, STOCKS, LEAVERS, COLUMNS = 4000, 5000, 25, 200
ROUNDS = range(1, 7)
NEWEST = ROUNDS[-1]
ORGANISER_MODELS = 10
FOLDER = "models/intermediate/stability"
STEPS = (  # model, and what it costs for
    ("int_stability_pairs", "which rounds"),
    ("int_stability_stocks", "which stocks"),
    ("int_stability_overlaps", "shared stocks"),
    ("int_rank_reductions", "re-ranking by counting"),
    ("int_churns", "churn"),
    ("int_weight_norms", "norms of the newest round"),
    ("int_turnovers", "turnover"),
)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "landing" / "rounds").mkdir(parents=True)
        (folder / "landing" / "rounds" / "all.csv").write_text(
            "tournament,round_number,kind,era_date,open_at,close_at\n"
            "house,1,live,2026-01-02,2026-01-03 13:00:00Z,2026-01-05 14:00:00Z\n"
        )
        compiled = build_empty(folder)
        with duckdb.connect(str(folder / "kardashev.duckdb"), config={"threads": 2}) as connection:
            connection.execute("set memory_limit = '5GB'")
            fill(connection)
            measure(connection, compiled)


def build_empty(folder):
    """Builds the tables, empty, and returns the folder of the compiled SQL."""
    environment = os.environ | {
        "KARDASHEV_LANDING": str(folder / "landing"),
        "KARDASHEV_DB": str(folder / "kardashev.duckdb"),
        "KARDASHEV_PUBLISHED": str(folder / "published.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    dbt = [str(Path(sys.executable).with_name("dbt")), "build", "--quiet"]
    select = ["--select", "+int_stability", "--exclude", "resource_type:test"]
    select += ["resource_type:unit_test", "--project-dir", str(PROJECT)]
    subprocess.run([*dbt, *select, "--profiles-dir", str(PROJECT)], env=environment, check=True)
    return folder / "target" / "compiled" / "kardashev" / FOLDER


def fill(connection):
    """Ranks and weights of six rounds; the other inputs of the steps, a few rows each."""
    connection.execute(
        f"""
        create or replace table int_rounds_due as
        select cast({NEWEST} as integer) as round_number, true as is_stale, true as is_prepared;
        drop view int_round_windows;
        create table int_round_windows as
        select cast({NEWEST} as integer) as round_number, cast(unnest(range(1, {NEWEST})) as integer)
            as lag_round, 0.8 as minimum_overlap;
        delete from int_signals_ranked;
        delete from int_signals_neutralized;
        delete from int_neutral_weights;
        delete from int_universe;
        """
    )
    rng = np.random.default_rng(1)
    opinions = rng.standard_normal((STOCKS + LEAVERS * NEWEST, MODELS), dtype=np.float32)
    for number in ROUNDS:
        stocks = np.arange(LEAVERS * number, LEAVERS * number + STOCKS)
        signal = opinions[stocks - LEAVERS] + 0.1 * rng.standard_normal(
            (STOCKS, MODELS), dtype=np.float32
        )
        signal[:, ::10] = np.round(signal[:, ::10] * 3)
        insert(
            connection, "int_signals_ranked", number, stocks, doubled_rank(signal), "doubled_rank"
        )
        insert(connection, "int_neutral_weights", number, stocks, signal.astype(float), "weight")
        connection.execute(
            f"""
            insert into int_universe by name
            select {number} as round_number, unnest($1) as stock_key;
            """,
            [stocks.tolist()],
        )
        connection.execute(
            f"""
            insert into int_neutral_bases by name
            select {number} as round_number, 'projection' as basis, unnest($1) as stock_key
            """,
            [stocks.tolist()],
        )
    connection.execute(
        """
        insert into int_weight_norms
        select round_number, model_key, 0 as mean_weight, sum(abs(weight)) as weight_norm
        from int_neutral_weights
        where round_number < ?
        group by all
        """,
        [NEWEST],
    )
    connection.execute("checkpoint")


def insert(connection, table, number, stocks, values, column):
    n = len(stocks)
    for start in range(0, MODELS, 500):
        part = values[:, start : start + 500].T
        keys = np.arange(start, start + len(part))
        rows = pa.table(  # noqa: F841
            {
                "round_number": pa.array(np.full(part.size, number), pa.int32()),
                "model_key": pa.array(np.repeat(keys, n), pa.int32()),
                "stock_key": pa.array(np.tile(stocks, len(part)), pa.int32()),
                column: part.ravel(),
            }
        )
        connection.execute(f"insert into {table} by name select * from rows")


def measure(connection, compiled):
    total = total_cpu = 0.0
    print(f"{MODELS:,} models × {STOCKS:,} stocks, 5 lags: {MODELS * STOCKS * 5:,} pairs of rows")
    print(f"{'step':<24} {'wall s':>7} {'CPU s':>7}")
    for name, what in STEPS:
        query = (compiled / f"{name}.sql").read_text()
        keeps = name == "int_weight_norms"
        make = f"insert into {name} by name" if keeps else f"create or replace table {name} as"
        seconds, used = timed(lambda sql=f"{make} {query}": connection.execute(sql))
        print(f"{what:<24} {seconds:>7.2f} {used:>7.2f}")
        total, total_cpu = total + seconds, total_cpu + used
    print(f"{'together':<24} {total:>7.2f} {total_cpu:>7.2f}   peak {peak_gigabytes():.1f} GB")
    organiser, organiser_cpu = (seconds * MODELS for seconds in organiser_seconds())
    print(f"{'numerai-tools':<24} {organiser:>7.0f} {organiser_cpu:>7.0f}   one process")
    print(f"{'times as fast':<24} {organiser / total:>7.0f} {organiser_cpu / total_cpu:>7.0f}")


def timed(function):
    """Seconds on the wall, and of the CPU."""
    start = time.perf_counter()
    _, seconds = cpu(function)
    return time.perf_counter() - start, seconds


def organiser_seconds():
    """Wall and CPU seconds a model of calculate_max_churn_and_turnover against five rounds."""
    rng = np.random.default_rng(2)
    rounds = []
    for number in ROUNDS:
        ids = [f"S{i:05d}" for i in range(LEAVERS * number, LEAVERS * number + STOCKS)]
        index = pd.Index(ids, name="ticker")
        weights = pd.Series(rng.random(STOCKS) + 0.5, index=index)
        basis, _ = np.linalg.qr(rng.normal(size=(STOCKS, COLUMNS)))
        rounds.append((pd.DataFrame(basis / np.sqrt(weights.to_numpy())[:, None], index), weights))
    found = []
    for _ in range(ORGANISER_MODELS):
        sent = [
            pd.Series(rng.random(STOCKS), weights.index, name="signal") for _, weights in rounds
        ]
        earlier = [dict(enumerate(part)) for part in (sent[:-1], *zip(*rounds[:-1], strict=True))]
        given = [sent[-1], *rounds[-1], *earlier]
        found.append(timed(lambda: signals.calculate_max_churn_and_turnover(*given)))  # noqa: B023
    return np.mean(found, axis=0)


if __name__ == "__main__":
    main()
