"""The operator's tables from daily prices: rounds, universe, neutralizers, factors, targets.

Each round has a file of its own in every table, made from prices up to its era date. Targets are made
from the landed round and later prices: a round stays what it was when it opened. A new round gets its
newest target day, and its row of ``rounds/`` last of all, so what a killed run left half done is made
again. A round landed before gets every day that is missing.

trading day    weekday on which at least half as many tickers trade as is usual (median of a year)
era            weekly: last trading day of each ended ISO week; daily: each trading day
round_number   ISO weeks, or weekdays, since Monday 2000-01-03, which is in round 1
times (UTC)    open the day after the era date, 13:00; close Monday 14:00 (daily: 15:00)
universe       252 days of prices, traded on the era date, a lowest price and median dollar volume
v              root of the median dollar volume (63 days), capped at its 95th percentile, of mean 1
factors        beta, momentum_12_1, size, volatility, country_…, sector_…, feature_…; raw, gaps at the median
N              orthonormal under v: market, countries, sectors, the four factors gaussianized
targets        returns from the close two trading days after the era date, for 20 and 60 days

The whole of it, with the reasons, is in docs/market.md.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import MarketError
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.market.columns import groups, matrix
from kardashev.landing.market.factor_model import (
    FEATURES,
    NEUTRALIZER_PREFIX,
    STANDARD_FACTORS,
    capacity_weights,
    group_dummies,
    median_filled,
    neutralizer_basis,
)
from kardashev.landing.market.prices import (
    CADENCES,
    Era,
    ignore_progress,
    load_prices,
    make_eras,
    make_features,
    price_dates,
    read_sql,
)
from kardashev.landing.market.targets import missing_windows, newest_windows, write_targets

KINDS = ("live", "validation")
DEFAULT_SPAN = timedelta(days=2 * 365)  # of era dates, when no first one is asked
MINIMUM_STOCKS = 20  # below, the outer bins of 5 % are empty


@dataclass(frozen=True)
class MarketSummary:
    """What a run did, in rounds, and in files of one round, horizon and day for targets."""

    rounds_added: int
    rounds_known: int
    rounds_skipped: int
    target_days_added: int


def write_market(
    landing: Path,
    prices: Path,
    securities: Path,
    era_from: date | None = None,
    era_to: date | None = None,
    cadence: str = "weekly",
    tournament: str = "house",
    kind: str = "live",
    min_price: float = 1.0,
    min_dollar_volume: float = 1_000_000.0,
    progress: Callable[[str], None] = ignore_progress,
) -> MarketSummary:
    """Land the rounds with era dates in [era_from, era_to], and target days as far as prices reach.

    Only what is new is written: rounds not yet landed, with their newest target day, and the target
    days that rounds landed before still miss.

    Parameters
    ----------
    landing : folder, made when missing
    prices, securities : files as `kardashev.landing.market.prices.load_prices` reads them
    era_from, era_to : default: the two years up to era_to, and the last trading day
    cadence : "weekly" (last trading day of each ended ISO week) or "daily"
    tournament : selects the rule rows
    kind : of the rounds, "live" or "validation"
    min_price : lowest close on the era date, in the prices' currency
    min_dollar_volume : lowest median of close × volume over 63 trading days
    progress : takes a line for people to read

    Raises
    ------
    MarketError
        For files that cannot be used, bounds outside the prices, rounds landed from another
        calendar, or when no era has enough stocks.
    """
    if cadence not in CADENCES:
        raise MarketError(f"no cadence {cadence!r}: one of {', '.join(CADENCES)}")
    if kind not in KINDS:
        raise MarketError(f"no kind {kind!r}: one of {', '.join(KINDS)}")
    landing = Path(landing)
    with closing(load_prices(prices, securities, progress)) as connection:
        eras = market_eras(connection, cadence, era_from, era_to)
        known = [era for era in eras if _is_landed(landing, era, tournament, kind)]
        new = [era for era in eras if era not in known]
        progress(f"{len(eras)} {cadence} eras, {len(known)} landed already")
        limits = {"min_price": min_price, "min_dollar_volume": min_dollar_volume}
        added = _write_tables(connection, landing, new, limits)
        if eras and not known and not added:
            raise MarketError(
                f"no era from {eras[0].era_date} to {eras[-1].era_date} has {MINIMUM_STOCKS} "
                f"stocks with 252 days of prices, a close of {min_price:g} and a daily dollar "
                f"volume of {min_dollar_volume:g}: give earlier prices or lower limits"
            )
        target_days = write_targets(connection, landing, newest_windows(connection, added))
        for era in added:
            name = f"{era.round_number:06d}"
            write_landed(landing, "rounds", name, _rounds_row(era, tournament, kind))
        progress(f"{len(added)} rounds added")
        missing = missing_windows(connection, landing, known)
        target_days += write_targets(connection, landing, missing)
        progress(f"{target_days} target days added")
    return MarketSummary(len(added), len(known), len(new) - len(added), target_days)


def market_eras(
    connection: duckdb.DuckDBPyConnection,
    cadence: str,
    era_from: date | None,
    era_to: date | None,
) -> list[Era]:
    """Make and return the eras in these bounds, or in the last two years of the prices.

    Raises
    ------
    MarketError
        When no price is in the bounds.
    """
    first, last = price_dates(connection)
    era_to = era_to or last
    era_from = era_from or era_to - DEFAULT_SPAN
    if era_from > era_to or era_from > last or era_to < first:
        raise MarketError(
            f"no era date from {era_from} to {era_to}: prices run from {first} to {last}"
        )
    return make_eras(connection, cadence, era_from, era_to)


def _is_landed(landing, era, tournament, kind):
    """Whether the round is there; never one of the same number from another calendar."""
    path = landed_path(landing, "rounds", f"{era.round_number:06d}")
    if not path.exists():
        return False
    landed = pq.read_table(path, columns=["tournament", "era_date", "kind"]).to_pylist()
    if landed != [{"tournament": tournament, "era_date": era.era_date, "kind": kind}]:
        raise MarketError(
            f"{path} is another round than the {kind} one of {tournament} with era date "
            f"{era.era_date}: a landing holds one tournament of one cadence and each round once, so "
            "use another one"
        )
    return True


def _write_tables(connection, landing, eras, limits):
    """Land the tables of those eras that have enough stocks, but for rounds/; these eras."""
    if not eras:
        return []
    new = pa.table({"round_number": pa.array([era.round_number for era in eras], pa.int32())})
    connection.register("new_rounds", new)
    connection.execute("delete from eras where round_number not in (from new_rounds)")
    make_features(connection)
    stocks = connection.execute(read_sql("universe"), limits).to_arrow_table()
    by_number = {era.round_number: era for era in eras}
    added = []
    for (number,), of_round in groups(stocks, "round_number"):
        if len(of_round) >= MINIMUM_STOCKS:
            for table, rows in round_tables(of_round).items():
                write_landed(landing, table, f"{number:06d}", rows)
            added.append(by_number[number])
    return added


def round_tables(stocks: pa.Table) -> dict[str, pa.Table]:
    """Universe, factors and neutralizers of one round, from its rows of ``sql/universe.sql``."""
    key = {"round_number": stocks["round_number"], "stock_id": stocks["ticker"]}
    weights = capacity_weights(stocks["quarter_dollar_volume"].to_numpy())
    names, dummies = group_dummies(stocks["country"].to_pylist(), stocks["sector"].to_pylist())
    factors = median_filled(matrix(stocks, STANDARD_FACTORS + FEATURES))
    basis = neutralizer_basis(dummies, factors[:, : len(STANDARD_FACTORS)], weights)
    described = {name: stocks[name] for name in ("ticker", "country", "sector")}
    return {
        "universe": pa.table(key | {"sample_weight": weights} | described),
        "factors": pa.table(
            key
            | dict(zip(STANDARD_FACTORS + FEATURES, factors.T, strict=True))
            | dict(zip(names, dummies.T, strict=True))
        ),
        "neutralizers": pa.table(
            key | {f"{NEUTRALIZER_PREFIX}{i:03d}": column for i, column in enumerate(basis.T)}
        ),
    }


def _rounds_row(era, tournament, kind):
    return pa.table(
        {
            "tournament": [tournament],
            "round_number": [era.round_number],
            "kind": [kind],
            "era_date": [era.era_date],
            "open_at": [era.open_at],
            "close_at": [era.close_at],
        }
    )
