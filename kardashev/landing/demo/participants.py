"""The demo's participants: who stakes what on which formula, and how they behave.

All depends on the round alone, so a later run that adds rounds changes no earlier one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from kardashev.landing.market.prices import Era
from kardashev.ranking import doubled_rank

STAKE_SWING, STAKE_PERIOD = 0.25, 26  # share of the stake; rounds
CORRECTION_AFTER = timedelta(minutes=30)
LATE_AFTER = timedelta(hours=3)


@dataclass(frozen=True)
class Participant:
    """A model; formula names a column of ``sql/signals.sql``; every_… counts rounds, 0 is never."""

    model_id: str
    account_id: str
    display_name: str
    formula: str
    stake_nmr: float
    is_benchmark: bool = False
    suffix: str = "csv"
    late_every: int = 0
    absent_every: int = 0
    corrected_every: int = 0


@dataclass(frozen=True)
class Upload:
    """One file sent for a round; a draft is one with its sign wrong, corrected before the close."""

    received_at: datetime
    is_draft: bool = False


PARTICIPANTS = (
    Participant(
        "house_momentum", "house", "House Momentum", "momentum_12_1", 150, is_benchmark=True
    ),
    Participant("house_calm", "house", "House Calm", "low_volatility", 100, is_benchmark=True),
    Participant("ada_swift", "ada", "Swift", "momentum_6_1", 60, corrected_every=3),
    Participant("ada_blend", "ada", "Blend", "blend", 0),  # good, and nobody believes in it
    Participant("bruno_rebound", "bruno", "Rebound", "reversal_1m", 300, suffix="parquet"),
    Participant("bruno_summit", "bruno", "Summit", "high_52w", 25, suffix="parquet", late_every=9),
    Participant("chen_patience", "chen", "Patience", "long_reversal", 80),
    Participant("chen_small", "chen", "Small", "small_size", 40, absent_every=6),
    Participant("dara_steady", "dara", "Steady", "low_beta", 120, suffix="parquet"),
    Participant("dara_sober", "dara", "Sober", "low_lottery", 15),
    Participant("emil_crowd", "emil", "Crowd", "volume_trend", 0),
    Participant("emil_dice", "emil", "Dice", "noise", 0.5),
)


def uploads(participant: Participant, era: Era) -> Iterator[Upload]:
    """What a participant sends for a round: nothing, one file, or a draft and its correction."""
    number = era.round_number
    if _is_turn(number, participant.absent_every):
        return
    place = (PARTICIPANTS.index(participant) + 1) / (len(PARTICIPANTS) + 2)
    open_at, close_at = (moment.replace(tzinfo=UTC) for moment in (era.open_at, era.close_at))
    received_at = open_at + (close_at - CORRECTION_AFTER - open_at) * place
    if _is_turn(number, participant.corrected_every):
        yield Upload(received_at, is_draft=True)
        received_at += CORRECTION_AFTER
    yield Upload(close_at + LATE_AFTER if _is_turn(number, participant.late_every) else received_at)


def signal_file(tickers: pa.ChunkedArray, values: np.ndarray, is_draft: bool = False) -> pa.Table:
    """``ticker, signal`` as a participant has them: tie-kept percentiles, unknown stocks left out.

    Parameters
    ----------
    tickers : (stocks,)
    values : float array (stocks,), higher is better, NaN where the formula knows nothing
    is_draft : the sign is wrong
    """
    is_known = ~np.isnan(values)
    known = -values[is_known] if is_draft else values[is_known]
    percentiles = (doubled_rank(known) - 1) / (2 * max(len(known), 1))
    return pa.table({"ticker": tickers.filter(pa.array(is_known)), "signal": percentiles})


def model_rows(created_at: datetime) -> pa.Table:
    """Rows of ``models/``."""
    return pa.Table.from_pylist(
        [
            {
                "model_id": participant.model_id,
                "account_id": participant.account_id,
                "display_name": participant.display_name,
                "is_benchmark": participant.is_benchmark,
                "created_at": created_at,
            }
            for participant in PARTICIPANTS
        ]
    )


def stake_rows(round_number: int) -> pa.Table:
    """Rows of ``stakes/`` of one round: each stake swings slowly about its participant's figure."""
    return pa.Table.from_pylist(
        [
            {
                "round_number": round_number,
                "model_id": participant.model_id,
                "stake_nmr": round(participant.stake_nmr * _swing(round_number, place), 2),
            }
            for place, participant in enumerate(PARTICIPANTS)
        ]
    )


def _is_turn(round_number, every):
    return every > 0 and round_number % every == 0


def _swing(round_number, place):
    phase = 2 * np.pi * (round_number / STAKE_PERIOD + place / len(PARTICIPANTS))
    return 1 + STAKE_SWING * float(np.sin(phase))
