"""A second identifier for the demo's universe, since prices know a stock by its ticker alone."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.landing.files import landed_path, write_landed

IDENTIFIER = "bloomberg_ticker"
EXCHANGES = {"Canada": "CN", "Japan": "JP", "United Kingdom": "LN", "United States": "US"}
OTHER_EXCHANGE = "US"  # of a country that the securities do not tell


def add_bloomberg_tickers(landing: Path, round_numbers) -> None:
    """Complete the landed universes that lack them; one that has them is left as it is."""
    for number in round_numbers:
        name = f"{number:06d}"
        path = landed_path(landing, "universe", name)
        file = pq.ParquetFile(path)
        if IDENTIFIER not in file.schema_arrow.names:
            universe = file.read()
            identifiers = bloomberg_tickers(universe["ticker"], universe["country"])
            universe = universe.append_column(IDENTIFIER, identifiers)
            write_landed(landing, "universe", name, universe)


def bloomberg_tickers(tickers: pa.ChunkedArray, countries: pa.ChunkedArray) -> pa.Array:
    """``<ticker> <exchange>``, after the country."""
    pairs = zip(tickers.to_pylist(), countries.to_pylist(), strict=True)
    return pa.array(
        [f"{ticker} {EXCHANGES.get(country, OTHER_EXCHANGE)}" for ticker, country in pairs]
    )
