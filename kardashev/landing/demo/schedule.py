"""Who sends what when, and the operator's tables about participants.

All depends on the round alone, so a later run that adds rounds changes no earlier one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from kardashev.landing.demo.participants import MOMENT_LATER, PARTICIPANTS, Participant, Send
from kardashev.landing.market.prices import Era

STAKE_SWING, STAKE_PERIOD = 0.25, 26  # share of the stake; rounds
LATE_AFTER = timedelta(hours=3)
ONE_GOOD_FILE = (Send(),)


@dataclass(frozen=True)
class Upload:
    """One file sent for a round, with the edit that it went through, if any."""

    received_at: datetime
    edit: str = ""


def uploads(participant: Participant, era: Era) -> Iterator[Upload]:
    """What a participant sends for a round, in order of time."""
    open_at, close_at = (moment.replace(tzinfo=UTC) for moment in (era.open_at, era.close_at))
    place = (PARTICIPANTS.index(participant) + 1) / (len(PARTICIPANTS) + 2)
    usual_at = open_at + (close_at - MOMENT_LATER - open_at) * place
    for send in _sends(participant, era.round_number):
        received_at = close_at + LATE_AFTER if send.is_late else usual_at + send.delay
        yield Upload(received_at, send.edit)


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


def _sends(participant, round_number):
    for habit in participant.habits:
        if round_number % habit.every == habit.turn:
            return habit.sends
    return ONE_GOOD_FILE


def _swing(round_number, place):
    phase = 2 * np.pi * (round_number / STAKE_PERIOD + place / len(PARTICIPANTS))
    return 1 + STAKE_SWING * float(np.sin(phase))
