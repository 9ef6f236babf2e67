"""What numerapi says of a model in a round, whichever shape a file has.

Two of its functions return lists of rounds: `round_model_performances_v2`, with scores as a list of their
own, and the older `round_model_performances`, with a column for each score. Their fields are those of
uuazed/numerapi@a6acd93:numerapi/base_api.py. Others that queries of the same service have (`roundCloseTime`,
`roundCloseStakingTime`, `mmcMultiplier` of the first) are taken where they are there.
"""

import csv
import gzip
import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.layouts import UNREADABLE, format_of, reason

MODEL = ("model_id", "model", "modelName", "model_name", "modelId")
CLOSES = ("roundCloseTime", "roundCloseStakingTime")
STAKES = ("atRisk", "selectedStakeValue")
SCORES = ("submissionScores", "intraRoundSubmissionScores")
MULTIPLIERS = {"corrMultiplier": "corr20", "mmcMultiplier": "mmc", "tcMultiplier": "tc"}
NAMES = {  # of scores, where numerapi and the rule seeds differ
    **{"corr": "corr20", "corr20V2": "corr20_v2", "v2_corr20": "corr20_v2"},
    **{"fncV3": "fnc_v3", "fncV4": "fnc_v4"},
}
COLUMNS = ("corr", "corr20V2", "mmc", "tc", "bmc", "fncV3", "fncV4")  # scores of the older shape
TRUE, FALSE = ("true", "1"), ("false", "0", "")


@dataclass(frozen=True)
class Score:
    """A score of a round: its name in the rule seeds; day and time None where the file has none."""

    name: str
    value: float
    day: int | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class Performance:
    """A model in a round; None where the file says nothing."""

    model_id: str
    round_number: int
    open_at: datetime
    close_at: datetime | None
    resolved_at: datetime | None
    payout_factor: float | None
    stake_nmr: float | None
    multipliers: dict[str, float]
    scores: tuple[Score, ...]
    payout_nmr: float | None


def read_performances(file, model_id=None):
    """The rounds of a file: JSON as numerapi returns it, or its rows as CSV or Parquet.

    Parameters
    ----------
    file : Path
    model_id : str, of rows that name no model; None: the file's name without its suffix

    Returns
    -------
    list of Performance

    Raises
    ------
    LandingError
        In one line: the file cannot be read, or a row lacks what a round needs.
    """
    own = model_id or file.name.split(".")[0]
    found = []
    try:
        for place, (model, row) in enumerate(_rows(file, own), start=1):
            try:
                found.append(_performance(model, row))
            except (ValueError, TypeError, AttributeError) as error:
                raise LandingError(f"row {place}: {error}") from error
    except LandingError as error:
        raise LandingError(f"{file}: {error}") from error
    except UNREADABLE as error:
        raise LandingError(f"{file}: it cannot be read ({reason(error)}): get it again") from error
    if not found:
        raise LandingError(f"{file}: it holds no round")
    return found


def _rows(file, own):
    """(model_id, row) of each round of a file."""
    if file.name.lower().endswith((".json", ".json.gz")):
        with _text_of(file, "utf-8") as stream:
            yield from _json_rows(json.load(stream), own)
        return
    kind = format_of(file)
    if kind is None:
        raise LandingError("its name ends in none of .json, .csv, .csv.gz, .parquet")
    rows = pq.read_table(file).to_pylist() if kind == "parquet" else _csv_rows(file)
    for row in rows:
        yield _named(row, own), row


def _json_rows(found, own):
    """Of a list of rounds, of lists by model, or of the answer that the list came in."""
    if isinstance(found, dict) and isinstance(found.get("data"), dict):
        (found,) = found["data"].values()
    by_model = found if isinstance(found, dict) else {None: found}
    for model, rows in by_model.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise LandingError("it is no list of rounds, and no such lists by model")
        for row in rows:
            yield model or _named(row, own), row


def _csv_rows(file):
    with _text_of(file, "utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def _text_of(file, encoding, **options):
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    return opened(file, "rt", encoding=encoding, **options)


def _named(row, own):
    return next((str(row[name]) for name in MODEL if row.get(name)), own)


def _performance(model_id, row):
    number, opened = _number(row, "roundNumber"), _time(row, "roundOpenTime")
    if number is None or number != int(number) or number < 0:
        raise ValueError("there is no roundNumber")
    if opened is None:
        raise ValueError("there is no roundOpenTime")
    resolved = _time(row, "roundResolveTime")
    scores, payouts = [], []
    for name in SCORES:
        for score in _list(row, name):
            value = _number(score, "value")
            if value is not None:
                day = _number(score, "day")
                day = None if day is None else int(day)
                label = str(score.get("displayName"))
                scores.append(Score(NAMES.get(label, label), value, day, _time(score, "date")))
            payouts.append(_number(score, "payoutSettled"))  # the round's, beside each score
    for name in COLUMNS:
        if _number(row, name) is not None:
            scores.append(Score(NAMES.get(name, name), _number(row, name)))
    is_resolved = _is_true(row, "roundResolved")
    stakes = [_number(row, name) for name in STAKES]
    multipliers = {score: _number(row, name) for name, score in MULTIPLIERS.items()}
    payouts = [_number(row, "payout"), *payouts]
    return Performance(
        model_id=model_id,
        round_number=int(number),
        open_at=opened,
        close_at=next((t for t in (_time(row, name) for name in CLOSES) if t), None),
        resolved_at=resolved if is_resolved else None,
        payout_factor=_number(row, "roundPayoutFactor"),
        stake_nmr=next((stake for stake in stakes if stake is not None), None),
        multipliers={score: value for score, value in multipliers.items() if value is not None},
        scores=tuple(scores),
        payout_nmr=next((p for p in payouts if p is not None), None) if is_resolved else None,
    )


def _number(row, name):
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        found = float(value)
    except ValueError:
        raise ValueError(f"{name} {value!r} is not a number") from None
    return found if math.isfinite(found) else None


def _time(row, name):
    """UTC; a time without a zone is."""
    value = row.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{name} {value!r} is not a time") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _is_true(row, name):
    text = str(row.get(name) or "").lower()
    if text not in TRUE + FALSE:
        raise ValueError(f"{name} {text!r} is not true or false")
    return text in TRUE


def _list(row, name):
    value = row.get(name)
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"{name} is not JSON: write the file as JSON or as Parquet") from None
    found = value or []
    if not isinstance(found, list) or not all(isinstance(score, dict) for score in found):
        raise ValueError(f"{name} is no list of scores")
    return found
