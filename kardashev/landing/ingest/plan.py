"""What is to be landed: the eras of a folder that are wanted, as rounds, and what of each is not landed yet.

A round has its era date as its number, 20240105, so that runs with other choices agree and no round of the
organiser's is in the way; the group ``live`` may have the organiser's number. A round of a Friday, or of
a day after it, closes on Monday.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.errors import LandingError
from kardashev.landing.door.form import FRIDAY
from kardashev.landing.files import landed_path
from kardashev.landing.ingest.choices import ERAS
from kardashev.landing.ingest.source import Source
from kardashev.landing.layouts import UNREADABLE
from kardashev.landing.round_times import CLOSES, CLOSES_ON_MONDAY, OPENS
from kardashev.landing.uploads import uploads_together

LIVE, TRAIN = "live", "train"  # groups with a meaning of their own
SMALLEST_SHARE = 0.8  # of an era's stocks that a target must have, as its contract says


@dataclass
class EraRound:
    """An era of a file that says a round's stocks, and what of the round is to be landed.

    span : rows, first row, last row
    values : target → how many stocks have one
    is_landed : whether the round's row is there, so that only what it lacks is added
    targets, has_neutralizers : what is to be landed beside the round, or added to it
    models : models whose uploads are landed
    """

    source: Source
    text: str
    era_date: date
    span: tuple
    values: dict[str, int]
    number: int = 0
    kind: str = ""
    is_landed: bool = False
    targets: list[str] = field(default_factory=list)
    models: set[str] = field(default_factory=set)

    @property
    def key(self):
        """What the rows of other files are joined by."""
        return self.source.group == LIVE, self.era_date

    @property
    def name(self):
        """Of its files."""
        return f"{self.number:06d}"

    @property
    def open_at(self):
        return _midnight(self.era_date) + OPENS

    @property
    def close_at(self):
        if self.era_date.weekday() < FRIDAY:
            return self.open_at + CLOSES
        monday = self.era_date - timedelta(self.era_date.weekday())
        return _midnight(monday) + CLOSES_ON_MONDAY

    def row(self, tournament):
        """The row of ``rounds/``."""
        row = {
            "tournament": tournament,
            "round_number": self.number,
            "kind": self.kind,
            "era_date": self.era_date,
            "open_at": self.open_at,
            "close_at": self.close_at,
        }
        return pa.Table.from_pylist([row])


def _midnight(day):
    return datetime.combine(day, time(), UTC)


def wanted_eras(connection, opened, mapping, choices, values_beside):
    """The eras that the choices are of, the oldest first.

    Parameters
    ----------
    opened : sources that are open and say which stocks a round has
    values_beside : `EraRound.key` → target → how many stocks have it in other files

    Raises
    ------
    LandingError
        When no era is left, or two files hold one.
    """
    found = [era for source in opened for era in _eras(connection, source)]
    for era in found:
        era.values |= values_beside.get(era.key, {})
    live = [era for era in found if era.source.group == LIVE]
    past = [era for era in found if era.source.group != LIVE]
    eras = _chosen(past, choices) + live
    for era in eras:
        is_live = era.source.group == LIVE
        is_played = choices.live_from is not None and era.era_date >= choices.live_from
        era.kind = "live" if is_live or is_played else mapping.kind
        asked = choices.round_number if is_live else None
        era.number = int(f"{era.era_date:%Y%m%d}") if asked is None else asked
    _check_apart(eras)
    if not eras:
        days = sorted(era.era_date for era in past)
        held = f"eras from {days[0]} to {days[-1]}" if days else "no era"
        raise LandingError(f"none of the eras is asked for: the files hold {held}")
    return sorted(eras, key=lambda era: (era.era_date, era.number))


def note_landed(landing: Path, eras, tournament):
    """Notes what of each era is landed already.

    Raises
    ------
    LandingError
        When a landed round of the same number is another one.
    """
    for era in eras:
        path = landed_path(landing, "rounds", era.name)
        era.is_landed = path.exists()
        if era.is_landed:
            landed = read_landed(path, ["tournament", "era_date", "kind"]).to_pylist()
            wanted = {"tournament": tournament, "era_date": era.era_date, "kind": era.kind}
            if landed != [wanted]:
                raise LandingError(
                    f"{path} is another round than the {era.kind} one of {tournament} with era date "
                    f"{era.era_date}: say the choices it was landed with, or use another landing"
                )
        needed = era.span[0] * SMALLEST_SHARE
        era.targets = [
            target
            for target, count in era.values.items()
            if count >= needed
            and not (
                era.is_landed and landed_path(landing, "targets", target_name(era, target)).exists()
            )
        ]
        uploads = uploads_together(landing, era.number)
        era.models = {model for model, at in uploads if at == era.open_at}


def read_landed(path, columns=None):
    """A landed file; LandingError if it cannot be read."""
    try:
        return pq.read_table(path, columns=columns)
    except UNREADABLE as error:
        raise LandingError(f"{path} cannot be read: replace or remove it") from error


def target_name(era, target):
    """Of the file of a target of a round."""
    return f"{era.name}_{target}"


def _eras(connection, source):
    """Each era of a file that says which stocks a round has."""
    columns = {
        target: column
        for target, rule in source.rule.targets.items()
        if (column := source.found(rule.columns))
    }
    spans = source.spans(connection, columns.values())
    for text, era_date in source.era_dates(spans).items():
        if era_date is not None:
            span = spans[text]
            values = dict(zip(columns, span[3:], strict=True))
            yield EraRound(source, text, era_date, span[:3], values)


def _chosen(eras, choices):
    if choices.cadence == "weekly":
        eras = _weekly(eras)
    first, last = choices.era_from or date.min, choices.era_to or date.max
    eras = sorted((e for e in eras if first <= e.era_date <= last), key=lambda era: era.era_date)
    if choices.has_bounds:
        return eras[-choices.eras :] if choices.eras else eras
    return [era for era in eras if not era.values or any(era.values.values())][-ERAS:]


def _weekly(eras):
    """The last era of each ISO week; where eras are daily, not of a week whose Friday is still to come."""
    weeks = {}
    for day in sorted({era.era_date for era in eras}):
        weeks[day.isocalendar()[:2]] = day
    days = list(weeks.values())
    is_daily = len(days) < len({era.era_date for era in eras})
    if is_daily and days[-1].weekday() < FRIDAY:
        days.pop()
    return [era for era in eras if era.era_date in days]


def _check_apart(eras):
    seen = {}
    for era in eras:
        other = seen.setdefault(era.number, era)
        if other is not era:
            raise LandingError(
                f"round {era.number} is era {other.text} of {other.source.name} and {era.text} of "
                f"{era.source.name}: keep one of the files"
            )
