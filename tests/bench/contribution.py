"""True Contribution inside a build at real size: the close of a round, a day of all open rounds, a backfill.

`make bench` runs it. 5,000 stocks, 4,000 models, 200 constraints, 100 draws; BLAS on one thread. The row
makers are those of the dbt models, on tables of a DuckDB file. A third of the models has no stake; the mean
correlation of a signal with the meta model is 0.22, so that draws differ little, as the organiser's do.
"""

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from clock import cpu, peak_gigabytes
from portfolio import LIMITS, STOCKS, models
from threadpoolctl import threadpool_limits

from kardashev.kernels.ranking import doubled_rank
from kardashev.portfolio.dropout import PUBLISHED
from kardashev.portfolio.solve import NEWTON
from kardashev.rounds.blocks import Blocks
from kardashev.rounds.matrices import packed
from kardashev.rounds.portfolios import optimized_portfolio_rows
from kardashev.rounds.prepared import PLAIN, PreparedBlock, Sources
from kardashev.rounds.true_contributions import true_contribution_rows

ROUND, OPEN_ROUNDS, BACKFILL = 1, 80, 500
COUNTRIES, SECTORS, FACTORS = 60, 40, 99  # and the dollar: 200 rows
COMMON = 0.3  # the opinion that all models share, over each one's own noise
VERSIONS = ("v1", "undropped", "masked", "rank")


def main():
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        path = str(Path(folder) / "bench.duckdb")
        with duckdb.connect(path, config={"threads": 2}) as connection:
            fill(connection)
            measure(connection)


def fill(connection):
    """The relations that the models read, of one round; targets of all open ones."""
    signals, stakes = models(COMMON)
    ranks, count = doubled_rank(signals), len(stakes)
    rng = np.random.default_rng(3)
    tables = {
        "ranks": pa.table(
            {
                "round_number": np.full(count, ROUND),
                "signal_form": [PLAIN] * count,
                "model_key": np.arange(count, dtype=np.int32),
                "doubled_ranks": packed(ranks.T),
            }
        ),
        "stakes": pd.DataFrame({"model_key": np.arange(count), "at_risk_nmr": stakes}),
        "universe": pd.DataFrame(
            {
                "round_number": ROUND,
                "stock_key": np.arange(STOCKS),
                "stock_id": [f"S{i:04d}" for i in range(STOCKS)],
                "sample_weight": np.exp(rng.normal(size=STOCKS)),
                "country": [f"country {i % COUNTRIES}" for i in range(STOCKS)],
                "sector": [f"sector {i // 7 % SECTORS}" for i in range(STOCKS)],
            }
        ),
        "factors": pd.DataFrame(
            {
                "round_number": ROUND,
                "stock_key": np.repeat(np.arange(STOCKS), FACTORS),
                "factor": np.tile([f"factor {i}" for i in range(FACTORS)], STOCKS),
                "value": rng.normal(size=STOCKS * FACTORS),
            }
        ),
        "limits": pd.DataFrame(
            {
                "round_number": ROUND,
                "constraint_name": LIMITS.keys(),
                "limit_value": LIMITS.values(),
            }
        ),
        "rounds": pd.DataFrame({"round_number": [ROUND]} | vars(PUBLISHED)),
        "days": pd.DataFrame({"round_number": np.arange(OPEN_ROUNDS) + ROUND}),
        "versions": pd.DataFrame({"score_version": VERSIONS}),
        "returns": pd.DataFrame(
            {"stock_key": np.arange(STOCKS), "value": rng.normal(size=STOCKS) * 0.02}
        ),
    }
    for name, frame in tables.items():
        connection.register("frame", frame)
        connection.execute(f"create table {name} as from frame")
        connection.unregister("frame")
    connection.execute(
        """
        create table stakes_at_risk as
        select round_number, model_key, format('m{:04d}', model_key) as model_id, at_risk_nmr
        from stakes cross join days;
        create table targets as
        select
            round_number, 'return_20' as target, 5 as score_day, timestamp '2026-01-30' as known_at,
            stock_key, value
        from returns cross join days;
        create table scores as
        select
            round_number, 'tc' as score, score_version, 'return_20' as target, 5 as score_day,
            timestamp '2026-01-30' as known_at, 1e4 as scale
        from days cross join versions;
        """
    )


def measure(connection):
    table = connection.table
    sources = Sources(table("ranks"), table("stakes_at_risk"), table("universe"))
    block, reading = cpu(lambda: prepared(connection, sources))

    def close():
        return optimized_portfolio_rows(
            connection,
            table("rounds"),
            sources,
            table("stakes_at_risk"),
            table("factors"),
            table("limits"),
            NEWTON,
        )

    _, closing = cpu(lambda: write(connection, "portfolios", close()))
    held, fallbacks, worst, size = connection.execute(
        """
        select stocks_held, fallback_draws, worst_residual,
            octet_length(draws_sensitivity) + octet_length(sensitivity)
        from portfolios
        """
    ).fetchone()
    connection.execute(
        "create table open_portfolios as"
        " select portfolios.* replace (days.round_number as round_number) from portfolios, days"
    )

    def day():
        return true_contribution_rows(
            connection,
            table("scores"),
            table("stakes_at_risk"),
            table("open_portfolios"),
            table("targets"),
        )

    _, daily = cpu(lambda: write(connection, "contributions", day()))
    (written,) = connection.execute("select count(value) from contributions").fetchone()
    print(
        f"{len(block.models):,} models, {STOCKS:,} stocks, {PUBLISHED.draws} draws, {held} stocks held,"
    )
    print(f"{fallbacks} draws by the reference, largest residual {worst:.0e}\n")
    close_alone = closing - reading
    print(f"{'stage':<58} {'CPU s':>8}")
    for stage, seconds in (
        ("a round's signals, read and gaussianized", reading),
        ("its portfolio, draws and sensitivities, beside that", close_alone),
        (f"a day of {OPEN_ROUNDS} open rounds, {written:,} values", daily),
        (
            f"{BACKFILL} rounds closed, and one day of each, about",
            BACKFILL * (closing + daily / OPEN_ROUNDS),
        ),
    ):
        print(f"{stage:<58} {seconds:>8.2f}")
    print(f"\nkept of a round {size / 1e6:.1f} MB, peak of the process {peak_gigabytes():.1f} GB")


def write(connection, name, rows):
    connection.register("rows", rows)
    connection.execute(f"create table {name} as from rows")
    connection.unregister("rows")


def prepared(connection, sources):
    block = PreparedBlock.read(Blocks(connection), ROUND, sources)
    _ = block.gaussian
    return block


if __name__ == "__main__":
    main()
