"""Churn, neutral churn and turnover of a round against the five before it, beside numerai-tools.

`make bench` runs it. 4,000 models, a tenth with heavy ties; 5,000 stocks, 25 of which change every
round; 200 columns of N.
The row maker is that of the dbt model, on tables of a DuckDB file that hold six rounds as a build keeps them.
"""

import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from clock import cpu, peak_gigabytes
from numerai_tools import signals

from kardashev.kernels.neutralization import least_squares_residual, orthonormal_basis
from kardashev.kernels.ranking import doubled_rank, gaussianized
from kardashev.rounds.matrices import packed
from kardashev.rounds.prepared import PLAIN, Sources
from kardashev.rounds.stability import NEUTRAL, stability_rows

MODELS, STOCKS, LEAVERS, COLUMNS = 4000, 5000, 25, 200
ROUNDS = range(1, 7)
NEWEST = ROUNDS[-1]
ORGANISER_MODELS = 10


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "bench.duckdb")
        with duckdb.connect(path, config={"threads": 2}) as connection:
            fill(connection)
            measure(connection)


def fill(connection):
    """Ranks in two forms, N, and the universes of six rounds."""
    connection.execute(
        """
        create table ranks (
            round_number int, signal_form varchar, model_key int, doubled_ranks blob
        );
        create table bases (
            round_number int, basis varchar, factor varchar, loadings blob
        );
        create table universe (
            round_number int, stock_key int, stock_id varchar, sample_weight double
        );
        create table models (round_number int, model_key int, model_id varchar);
        create table pairs (round_number int, lag_round int, minimum_overlap double);
        """
    )
    rng = np.random.default_rng(1)
    opinions = rng.standard_normal((STOCKS + LEAVERS * NEWEST, MODELS), dtype=np.float32)
    for number in ROUNDS:
        stocks = np.arange(LEAVERS * number, LEAVERS * number + STOCKS)
        noise = rng.standard_normal((STOCKS, MODELS), dtype=np.float32)
        signal = opinions[stocks - LEAVERS] + 0.1 * noise
        signal[:, ::10] = np.round(signal[:, ::10] * 3)
        weights = rng.random(STOCKS) + 0.5
        basis = orthonormal_basis(rng.normal(size=(STOCKS, COLUMNS)), weights)
        ranks = doubled_rank(signal)
        span = np.linalg.qr(np.column_stack([basis, np.ones(STOCKS)]))[0]
        neutral = doubled_rank(least_squares_residual(gaussianized(ranks), span))
        keys = np.arange(MODELS)
        for form, held in ((PLAIN, ranks), (NEUTRAL, neutral)):
            insert(
                connection,
                "ranks",
                number,
                [form] * MODELS,
                keys,
                packed(held.T),
            )
        names = [f"n{column:03d}" for column in range(COLUMNS)]
        columns = packed(basis.T)
        insert(connection, "bases", number, ["projection"] * COLUMNS, names, columns)
        insert(connection, "universe", number, stocks, [f"S{i:05d}" for i in stocks], weights)
        insert(connection, "models", number, keys, [f"m{key:04d}" for key in keys])
        if number != NEWEST:
            connection.execute(f"insert into pairs values ({NEWEST}, {number}, 0.8)")
    connection.execute("checkpoint")


def insert(connection, table, number, *columns):
    names = [f"c{place}" for place in range(len(columns) + 1)]
    rows = pa.table([pa.repeat(number, len(columns[0])), *columns], names)
    connection.register("given", rows)
    connection.execute(f"insert into {table} from given")
    connection.unregister("given")


def measure(connection):
    tables = (connection.table(name) for name in ("ranks", "models", "universe", "bases"))
    sources, pairs = Sources(*tables), connection.table("pairs")

    def build():
        connection.register("rows", stability_rows(connection, pairs, sources))
        connection.execute("create table stability as from rows")

    seconds, used = timed(build)
    print(f"{MODELS:,} models × {STOCKS:,} stocks, 5 lags: {MODELS * STOCKS * 5:,} pairs of rows")
    print(f"{'':<40} {'wall s':>7} {'CPU s':>7}")
    peak = peak_gigabytes()
    print(
        f"{'churn, neutral churn, turnover':<40} {seconds:>7.2f} {used:>7.2f}   peak {peak:.1f} GB"
    )
    organiser, organiser_cpu = (spent * MODELS for spent in organiser_seconds())
    print(
        f"{'numerai-tools, churn and turnover alone':<40} {organiser:>7.0f} {organiser_cpu:>7.0f}"
    )
    print(f"{'times as fast':<40} {organiser / seconds:>7.0f} {organiser_cpu / used:>7.0f}")


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
