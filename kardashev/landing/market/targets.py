"""Targets of landed rounds from later prices: XDYL total returns, raw, binned and neutralized.

A target belongs to the round as it was landed: stocks, weights, factors and N are read back, never
made again, so revised prices or other limits cannot set a round's target apart from its universe.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kardashev.errors import MarketError
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.layouts import literal_path
from kardashev.landing.market.columns import groups, matrix
from kardashev.landing.market.factor_model import (
    FEATURES,
    GROUP_PREFIXES,
    NEUTRALIZER_PREFIX,
    STANDARD_FACTORS,
    target_values,
)
from kardashev.landing.market.prices import CARRY_DAYS, Era, read_sql

HORIZONS = (20, 60)  # return days of a final target
LAG_DAYS = 2  # trading days between the era date and the close that returns start from
KNOWN_AFTER_WEEKDAYS = 2  # data arrives so long after the last return day
ROUND_TABLES = ("universe", "factors", "neutralizers")  # what a target is made with
KNOWN_TIME = time(12, tzinfo=UTC)


@dataclass(frozen=True)
class TargetWindow:
    """Some return days of a round's horizon: score_day of them, from the close of start_day on."""

    round_number: int
    horizon: int
    score_day: int
    start_day: int

    @property
    def end_day(self) -> int:
        return self.start_day + self.score_day

    @property
    def file_name(self) -> str:
        return f"{self.round_number:06d}_{self.horizon}d_{self.score_day:02d}"


def newest_windows(
    connection: duckdb.DuckDBPyConnection, eras: Iterable[Era]
) -> list[TargetWindow]:
    """Each round's newest window by horizon, as far as prices reach; none without a return day."""
    (last_day,) = connection.execute("select max(day_number) from trading_days").fetchone()
    windows = []
    for era in eras:
        start_day = era.day_number + LAG_DAYS
        for horizon in HORIZONS:
            score_day = min(horizon, last_day - start_day)
            if score_day >= 1:
                windows.append(TargetWindow(era.round_number, horizon, score_day, start_day))
    return windows


def missing_windows(
    connection: duckdb.DuckDBPyConnection, landing: Path, eras: Iterable[Era]
) -> list[TargetWindow]:
    """Each window of landed rounds up to the newest that is not landed, by horizon.

    None of a horizon whose newest or last window is landed: days skipped by runs before are written with
    the next new one.
    """
    windows = []
    for newest in newest_windows(connection, eras):
        last = replace(newest, score_day=newest.horizon)
        if not (_is_landed(landing, newest) or _is_landed(landing, last)):
            upto_newest = (replace(newest, score_day=d + 1) for d in range(newest.score_day))
            windows += [window for window in upto_newest if not _is_landed(landing, window)]
    return windows


def write_targets(
    connection: duckdb.DuckDBPyConnection, landing: Path, windows: Iterable[TargetWindow]
) -> int:
    """Land the targets of these windows, a file for each; the number of files.

    Raises
    ------
    MarketError
        When the landed files of a round are missing or do not hold the same stocks.
    """
    wanted = {(w.round_number, w.horizon, w.score_day): w for w in windows}
    if not wanted:
        return 0
    days = connection.execute("select date from trading_days order by date").fetchall()
    returns = _target_returns(connection, landing, wanted.values())
    written = 0
    for (number,), of_round in groups(returns, "round_number"):
        landed = _landed_round(landing, number)
        for key, of_window in groups(of_round, "horizon", "score_day"):
            window = wanted[number, *key]
            (last_return_date,) = days[window.end_day - 1]
            rows = target_rows(window, known_at(last_return_date), landed, of_window)
            write_landed(landing, "targets", window.file_name, rows)
            written += 1
    return written


def _is_landed(landing, window):
    return landed_path(landing, "targets", window.file_name).exists()


def known_at(last_return_date: date) -> datetime:
    """When a target is known: 12:00 UTC, two weekdays after its last return day."""
    known_date = np.busday_offset(last_return_date, KNOWN_AFTER_WEEKDAYS)
    return datetime.combine(known_date.item(), KNOWN_TIME)


def target_rows(
    window: TargetWindow, known: datetime, landed: pa.Table, returns: pa.Table
) -> pa.Table:
    """Rows of ``targets/`` for one window, on the round's stocks that have a return.

    Parameters
    ----------
    landed : the round's universe, factors and neutralizers side by side, by stock_id
    returns : stock_id, total_return
    """
    stocks = landed.take(pc.index_in(returns["stock_id"], landed["stock_id"].combine_chunks()))
    names = stocks.column_names
    values = target_values(
        returns["total_return"].to_numpy(),
        matrix(stocks, [name for name in names if name.startswith(GROUP_PREFIXES)]),
        matrix(stocks, STANDARD_FACTORS),
        matrix(stocks, FEATURES),
        matrix(stocks, [name for name in names if name.startswith(NEUTRALIZER_PREFIX)]),
        stocks["sample_weight"].to_numpy(),
    )
    targets = [f"{name}_{window.horizon}" for name in values]
    count = len(stocks) * len(targets)
    return pa.table(
        {
            "round_number": pa.repeat(window.round_number, count),
            "stock_id": pa.chunked_array(returns["stock_id"].chunks * len(targets)),
            "target": np.repeat(targets, len(stocks)),
            "score_day": pa.repeat(window.score_day, count),
            "value": np.concatenate(list(values.values())),
            "known_at": pa.repeat(pa.scalar(known), count),
        }
    )


def _target_returns(connection, landing, windows):
    """Total returns of every window's landed universe, by round, horizon and stock."""
    asked = pa.Table.from_pylist([asdict(window) for window in windows])
    connection.register("target_windows", asked)
    rounds = [f"{number:06d}" for number in asked["round_number"].unique().to_pylist()]
    for path in (landed_path(landing, table, name) for table in ROUND_TABLES for name in rounds):
        if not path.exists():
            raise MarketError(
                f"{path} is missing: remove the round's file in rounds/ and run again"
            )
    universes = [literal_path(landed_path(landing, "universe", name)) for name in rounds]
    connection.read_parquet(universes).create_view("landed_universe", replace=True)
    returns = connection.execute(read_sql("target_returns"), {"carry_days": CARRY_DAYS})
    return returns.to_arrow_table()


def _landed_round(landing, round_number):
    """Universe, factors and neutralizers of a round, side by side."""
    name = f"{round_number:06d}"
    paths = [landed_path(landing, table, name) for table in ROUND_TABLES]
    universe, factors, neutralizers = map(pq.read_table, paths)
    stock_ids = universe["stock_id"]
    landed = universe.select(["stock_id", "sample_weight"])
    for rows in (factors, neutralizers):
        if not rows["stock_id"].equals(stock_ids):
            raise MarketError(
                f"universe, factors and neutralizers of round {round_number} differ in their "
                f"stocks: remove {landed_path(landing, 'rounds', name)} and run again"
            )
        for column in rows.column_names[2:]:
            landed = landed.append_column(column, rows[column])
    return landed
