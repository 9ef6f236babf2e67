"""What a run lands of a folder: which eras, which features, as which rounds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

CADENCES = ("weekly", "daily")
SMALL, EVERY_FEATURE, NO_FEATURE = "small", "all", "none"
ERAS = (
    52  # the newest that have a target, where no bounds are given: a year, as diagnostics are read
)


def no_progress(_total):
    """The reporter of those who want no report."""
    return lambda _done, _others: None


@dataclass(frozen=True)
class Choices:
    """Every default is what diagnostics need, and no more.

    eras : how many of the newest; None: all. Without it and without bounds, `ERAS`
    era_from, era_to : bounds of era dates, both included
    cadence : "weekly", the last era of each ISO week, or "daily", every era
    features : a set of the mapping's feature sets, "all" or "none"
    has_train : whether the group ``train`` is landed too
    live_from : eras from this day on are rounds of kind live, so that what is sent to them is ranked
    round_number, era_date : of the group ``live``, whose file may say neither
    targets : landed name → column, beside or instead of the mapping's
    predictions : files of one's own, each of the model that it is named for
    begin : called with the number of eras; what it returns, with those done and those landed before
    """

    eras: int | None = None
    era_from: date | None = None
    era_to: date | None = None
    cadence: str = "weekly"
    features: str = SMALL
    has_train: bool = False
    live_from: date | None = None
    round_number: int | None = None
    era_date: date | None = None
    targets: dict[str, str] = field(default_factory=dict)
    predictions: tuple[Path, ...] = ()
    begin: Callable = no_progress

    @property
    def has_bounds(self):
        return any(bound is not None for bound in (self.eras, self.era_from, self.era_to))
