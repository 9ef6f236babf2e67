"""Daily prices and securities, checked, in a DuckDB in memory: the ground of market and demo.

Tables: ``prices`` (usable rows), ``securities``, ``trading_days`` (date, day_number),
``stock_days`` (ticker, day_number, prices, returns) and, once made, ``eras`` and ``features``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from pathlib import Path

import duckdb

from kardashev.errors import MarketError
from kardashev.landing.layouts import literal_path
from kardashev.landing.round_times import CLOSES, CLOSES_ON_MONDAY, OPENS

CADENCES = ("weekly", "daily")
CARRY_DAYS = 5  # trading days for which a ticker's last price stands in for a missing one
PRICE_COLUMNS = ("ticker", "date", "close", "adj_close", "volume")
SECURITY_COLUMNS = ("ticker", "sector")


@dataclass(frozen=True)
class Era:
    """A round and the trading day its data was made from; open_at and close_at are UTC."""

    round_number: int
    era_date: date
    day_number: int
    open_at: datetime
    close_at: datetime


def ignore_progress(message: str) -> None:
    """The reporter of those who want no report."""


def read_sql(name: str, package: str = __package__) -> str:
    """The statement in a package's ``sql/<name>.sql``, this one's by default."""
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")


def load_prices(
    prices: Path, securities: Path, progress: Callable[[str], None] = ignore_progress
) -> duckdb.DuckDBPyConnection:
    """Read prices and securities and follow each ticker over the trading calendar.

    Parameters
    ----------
    prices : Parquet or CSV with ticker, date, close, adj_close, volume; one row per ticker and date
    securities : Parquet or CSV with ticker, sector and, if known, country; one row per ticker
    progress : takes a line for people to read

    Returns
    -------
    A connection that the caller closes; its tables are those of the module's docstring.

    Raises
    ------
    MarketError
        For a file that is missing or unreadable, lacks a column, has no usable row, or two rows of
        one key. Single rows without positive prices or a volume are left out, and counted aloud.
    """
    connection = duckdb.connect()
    try:
        _register(connection, "raw_prices", prices, PRICE_COLUMNS)
        _register(connection, "raw_securities", securities, SECURITY_COLUMNS, optional=("country",))
        connection.execute(read_sql("prices"))
        _check_usable(connection, prices, progress)
        _check_unique(connection, "prices", ("ticker", "date"), prices)
        connection.execute(read_sql("securities"))
        _check_unique(connection, "securities", ("ticker",), securities)
        connection.execute(read_sql("trading_days"))
        connection.execute(read_sql("stock_days"), {"carry_days": CARRY_DAYS})
    except duckdb.Error as error:
        connection.close()
        raise MarketError(f"cannot read {prices} with {securities}: {_one_line(error)}") from error
    except MarketError:
        connection.close()
        raise
    return connection


def price_dates(connection: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """First and last trading day."""
    return connection.execute("select min(date), max(date) from trading_days").fetchone()


def make_eras(
    connection: duckdb.DuckDBPyConnection, cadence: str, era_from: date, era_to: date
) -> list[Era]:
    """Make the table ``eras`` and return its rows, the oldest first.

    Parameters
    ----------
    cadence : "weekly" (last trading day of each ISO week that has ended) or "daily"
    era_from, era_to : both included
    """
    times = {"opens": OPENS, "closes": CLOSES, "closes_on_monday": CLOSES_ON_MONDAY}
    asked = {"cadence": cadence, "era_from": era_from, "era_to": era_to}
    connection.execute(read_sql("eras"), asked | times)
    return [
        Era(*row)
        for row in connection.execute("select * from eras order by round_number").fetchall()
    ]


def make_features(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``features``, a row per stock traded on an era date, from ``eras``."""
    connection.execute(read_sql("features"), {"carry_days": CARRY_DAYS})


def _register(connection, name, path, columns, optional=()):
    """A view of a file with at least these columns; an optional one is null where it is missing."""
    path = Path(path)
    if not path.is_file():
        raise MarketError(f"no file {path}: give a Parquet or CSV file with {', '.join(columns)}")
    try:
        if path.suffix.lower() == ".parquet":
            rows = connection.read_parquet(literal_path(path))
        else:  # as text, or a ticker such as TRUE or 001 would change
            rows = connection.read_csv(literal_path(path), header=True, all_varchar=True)
    except duckdb.Error as error:
        raise MarketError(f"cannot read {path}: {_one_line(error)}") from error
    present = {column.lower() for column in rows.columns}
    missing = [column for column in columns if column not in present]
    if missing:
        raise MarketError(
            f"{path} lacks {', '.join(missing)}: it needs the columns {', '.join(columns)}"
        )
    kept = [
        column if column in present else f"null as {column}" for column in (*columns, *optional)
    ]
    rows.project(", ".join(kept)).create_view(name)


def _check_usable(connection, path, progress):
    """Leave out what cannot be used, aloud; refuse a file with nothing to use."""
    rows, usable = connection.execute(
        "select count(*), count(*) filter (is_usable) from prices"
    ).fetchone()
    if usable == 0:
        raise MarketError(
            f"{path} has no usable price among {rows} rows: each needs a ticker, a date, a "
            "positive close and adj_close and a volume"
        )
    if usable < rows:
        progress(
            f"{rows - usable} of {rows} price rows left out: no positive price, date or volume"
        )
        connection.execute("delete from prices where not is_usable")


def _check_unique(connection, table, key, path):
    columns = ", ".join(key)
    twice = connection.execute(
        f"select {columns} from {table} group by {columns} having count(*) > 1 order by all limit 1"
    ).fetchone()
    if twice:
        raise MarketError(
            f"{path} has more than one row for {', '.join(map(str, twice))}: keep one per {columns}"
        )


def _one_line(error):
    return str(error).splitlines()[0]
