"""A landing to play with: a market, simulated or from prices, and participants with real formulas.

Their files go through the door, as anyone's do. The marker ``.demo`` in the landing says what it
was made from; only a landing with a marker is ever cleared.
"""

import json
import shutil
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError, MarketError, RefusedFileError
from kardashev.landing.demo.edits import REFUSED_FILES
from kardashev.landing.demo.identifiers import add_bloomberg_tickers
from kardashev.landing.demo.participants import PARTICIPANTS, REFUSED_MODEL
from kardashev.landing.demo.schedule import model_rows, stake_rows, uploads
from kardashev.landing.demo.signals import (
    gaussianized_known,
    participant_signal,
    signal_rows,
    write_file,
)
from kardashev.landing.demo.simulator import simulate_prices
from kardashev.landing.door import Door
from kardashev.landing.files import landed_path, write_landed
from kardashev.landing.layouts import literal_path
from kardashev.landing.market import MarketSummary, market_eras, write_market
from kardashev.landing.market.columns import groups, matrix
from kardashev.landing.market.prices import (
    CARRY_DAYS,
    ignore_progress,
    load_prices,
    make_features,
    read_sql,
)
from kardashev.landing.tables import LANDED_TABLES
from kardashev.landing.uploads import upload_folder, uploads_together

MARKER = ".demo"
STOCKS, ROUNDS = 300, 40  # of a simulation
SIMULATION_END = date(2026, 10, 30)  # a Friday; fixed, so that the demo is the same on any day
HISTORY_DAYS = 780  # before the first era: three years, for the longest formula
CREATED_BEFORE = timedelta(days=7)  # the models, before the first round opens


@dataclass(frozen=True)
class DemoSummary:
    """What a run landed, and how many files the door refused."""

    market: MarketSummary
    uploads_added: int
    refusals: int


def write_demo(
    landing: Path,
    prices: Path | None = None,
    securities: Path | None = None,
    seed: int = 1,
    stocks: int | None = None,
    rounds: int | None = None,
    kind: str = "live",
    era_from: date | None = None,
    progress: Callable[[str], None] = ignore_progress,
) -> DemoSummary:
    """Land weekly rounds, and uploads and stakes of the participants; a second run adds the new.

    Parameters
    ----------
    landing : folder, empty or of an earlier demo; that of a demo from other prices is cleared first
    prices, securities : files for `write_market`, whose last two years are landed; none: simulated
    seed : of the simulation and of the participants' noise
    stocks, rounds : of the simulation; None: `STOCKS`, `ROUNDS`
    kind : of the rounds; those of validation have no stakes
    era_from : first era date, with prices only; None: two years before the last
    progress : takes a line for people to read

    Raises
    ------
    LandingError
        When the landing holds what no demo has written.
    MarketError
        When no market can be made from the prices, only one of the two files is given, or what prices
        say is given beside them.
    """
    landing = Path(landing)
    if prices is not None and (stocks, rounds) != (None, None):
        raise MarketError(
            "prices say which stocks and rounds there are: no --stocks and --rounds, but --from"
        )
    stocks = STOCKS if stocks is None else stocks
    rounds = ROUNDS if rounds is None else rounds
    if (prices is None) != (securities is None):
        raise MarketError("a demo from prices needs two files, prices and securities: give both")
    if prices is None and era_from is not None:
        raise MarketError(
            "a simulated demo begins where its rounds do: no first era without prices"
        )
    with TemporaryDirectory(prefix="kardashev-demo-") as scratch:
        if prices is None:
            source = _of_kind({"stocks": stocks, "rounds": rounds}, kind)
            era_from = SIMULATION_END - timedelta(weeks=rounds) + timedelta(days=1)
            _claim(landing, source, seed, progress)
            prices, securities = _simulated_files(Path(scratch), seed, stocks, rounds)
            progress(f"{stocks} stocks simulated, seed {seed}")
        else:
            source = _of_kind(_source(Path(prices)), kind)
            _claim(landing, source, seed, progress)
        market = write_market(landing, prices, securities, era_from, kind=kind, progress=progress)
        with closing(load_prices(prices, securities)) as connection:
            sent, refused = _play(
                connection, landing, era_from, kind, seed, Path(scratch), progress
            )
    progress(f"{sent} uploads landed, {refused} refused")
    return DemoSummary(market, sent, refused)


def _of_kind(source, kind):
    """What a demo is made from; live rounds are not named, so that landings from before stay theirs."""
    return source if kind == "live" else source | {"kind": kind}


def _source(prices):
    """What tells one file of prices from another; a mistaken path must not clear a landing."""
    if not prices.is_file():
        raise MarketError(f"no file {prices}: give a Parquet or CSV file of prices")
    return {"prices": prices.name, "bytes": prices.stat().st_size}


def _claim(landing, source, seed, progress):
    """Make the landing this demo's: empty, or of the same source, seed and participants already."""
    marker = landing / MARKER
    cast = zlib.crc32(repr(PARTICIPANTS).encode())
    text = json.dumps(source | {"seed": seed, "participants": cast}, sort_keys=True) + "\n"
    try:
        if marker.exists():
            if marker.read_text("utf-8") == text:
                return
            progress(f"{landing} is of another demo: cleared")
            _clear(landing)
        elif landing.exists() and any(not path.name.startswith(".") for path in landing.iterdir()):
            raise LandingError(
                f"{landing} holds a landing that no demo has written: set KARDASHEV_LANDING to an "
                "empty folder"
            )
        landing.mkdir(parents=True, exist_ok=True)
        marker.write_text(text, "utf-8")  # before any table, so that a killed demo is still its own
    except OSError as error:
        raise LandingError(f"cannot prepare {landing}: {error}") from error


def _clear(landing):
    """Remove the known tables; the old marker stays until the new one replaces it."""
    for table in LANDED_TABLES:
        folder = landing / table
        if folder.exists():
            shutil.rmtree(folder)


def _simulated_files(folder, seed, stocks, rounds):
    days = HISTORY_DAYS + 5 * rounds
    tables = simulate_prices(np.random.default_rng(seed), stocks, days, SIMULATION_END)
    paths = folder / "prices.parquet", folder / "securities.parquet"
    for table, path in zip(tables, paths, strict=True):
        pq.write_table(table, path)
    return paths


def _play(connection, landing, era_from, kind, seed, scratch, progress):
    """Models, stakes and uploads of the landed rounds; how many files were landed, and refused."""
    eras = {
        era.round_number: era
        for era in market_eras(connection, "weekly", era_from, None)
        if landed_path(landing, "rounds", f"{era.round_number:06d}").exists()
    }
    add_bloomberg_tickers(landing, eras)
    if not landed_path(landing, "models", "demo").exists():
        first = min(era.open_at for era in eras.values())
        write_landed(landing, "models", "demo", model_rows(first - CREATED_BEFORE))
    for number in eras if kind == "live" else ():
        if not landed_path(landing, "stakes", f"{number:06d}").exists():
            write_landed(landing, "stakes", f"{number:06d}", stake_rows(number))
    due = {
        (number, participant.model_id): found
        for number, era in eras.items()
        for together in [Counter(model for model, _ in uploads_together(landing, number))]
        for participant in PARTICIPANTS
        if (found := _due_uploads(landing, participant, era, together[participant.model_id]))
    }
    if not due:
        return 0, 0
    numbers = sorted({number for number, _ in due})
    door = Door(landing)
    sent = _send(door, _formulas(connection, landing, numbers), due, seed, scratch)
    return sent, _try_refused(door, eras[numbers[-1]], scratch, progress) if sent else 0


def _due_uploads(landing, participant, era, compacted):
    """Those of a participant's uploads to a round which the door has not landed; some may be compacted."""
    folder = landing / upload_folder(era.round_number, participant.model_id)
    landed = compacted + sum(1 for _ in folder.glob("*.parquet"))
    return list(uploads(participant, era))[landed:]  # the door keeps them in order of time


def _formulas(connection, landing, rounds):
    """Every formula and identifier on the universes of these rounds, by round and ticker."""
    connection.register("due_rounds", pa.table({"round_number": pa.array(rounds, pa.int32())}))
    connection.execute("delete from eras where round_number not in (from due_rounds)")
    make_features(connection)
    universes = [
        literal_path(landed_path(landing, "universe", f"{number:06d}")) for number in rounds
    ]
    connection.read_parquet(universes).create_view("landed_universe")
    result = connection.execute(read_sql("signals", __package__), {"carry_days": CARRY_DAYS})
    return result.to_arrow_table()


def _send(door, formulas, due, seed, scratch):
    """Send what is due through the door, one file at a time; the number sent."""
    names = sorted({name for participant in PARTICIPANTS for name in participant.recipe})
    sent = 0
    for (number,), stocks in groups(formulas, "round_number"):
        known = dict(zip(names, gaussianized_known(matrix(stocks, names)).T, strict=True))
        for participant in PARTICIPANTS:
            found = due.get((number, participant.model_id))
            if not found:
                continue
            signal = participant_signal(participant, known, len(stocks), seed, number)
            for upload in found:
                rows = signal_rows(participant, stocks[participant.header[0]], signal, upload.edit)
                if not len(rows):  # the history is too short for the formula: absent
                    continue
                path = scratch / f"{number}_{sent}.{participant.suffix}"  # new: faster than over
                write_file(rows, path)
                door.land(path, number, participant.model_id, upload.received_at)
                path.unlink()
                sent += 1
    return sent


def _try_refused(door, era, scratch, progress):
    """Show the door what it must not let in; the number refused."""
    refusals = 0
    for name, content in REFUSED_FILES.items():
        path = scratch / name
        path.write_bytes(content)
        try:
            door.land(path, era.round_number, REFUSED_MODEL, era.open_at)
        except RefusedFileError as error:
            refusals += 1
            progress(f"refused, as it should be: {error}")
    return refusals
