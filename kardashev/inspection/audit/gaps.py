"""Published figures beside recomputed ones: how far apart they are, and where."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
ABSENT = "absent"


@dataclass(frozen=True)
class Finding:
    """One difference. ``gap`` is infinite where one side has no figure; None where it is no figure."""

    round_number: int
    part: str
    what: str
    published: object = None
    recomputed: object = None
    gap: float | None = None

    def line(self):
        """The difference in one line."""
        line = f"round {self.round_number}: {self.part}: {self.what}"
        if self.gap is None:
            return line
        sides = f"published {_shown(self.published)}, recomputed {_shown(self.recomputed)}"
        return f"{line}: {sides}"


@dataclass
class Part:
    """What was compared of one kind of figures.

    count : int, figures compared
    largest, where : the largest gap, and its label
    findings : list of Finding, the gaps above the tolerance, or what else differs
    skipped : str, what is not compared and why; empty where all is
    """

    name: str
    tolerance: float = TOLERANCE
    count: int = 0
    largest: float = 0.0
    where: str = ""
    findings: list = field(default_factory=list)
    skipped: str = ""

    def add(self, other):
        """The same part of another round."""
        self.count += other.count
        self.findings += other.findings
        self.tolerance = max(self.tolerance, other.tolerance)
        self.skipped = self.skipped or other.skipped
        if other.largest > self.largest:
            self.largest, self.where = other.largest, other.where


def compared(part, number, published, recomputed, label):
    """Adds figures to a part.

    A gap is absolute up to figures of size 1, and relative beyond. No figure on both sides is no gap.

    Parameters
    ----------
    part : Part
    number : int, the round
    published, recomputed : pandas.Series of float, their indexes of one kind
    label : function of an index value → str
    """
    for value in published.index[published.index.duplicated()]:
        part.findings.append(Finding(number, part.name, f"{label(value)} is published twice"))
    sides = [
        dict(zip(side.index, side.astype(float), strict=True)) for side in (published, recomputed)
    ]
    keys = list(dict.fromkeys([key for side in sides for key in side]))
    if not keys:
        return
    left, right = (np.array([side.get(key, np.nan) for key in keys]) for side in sides)
    with np.errstate(invalid="ignore"):
        gaps = np.abs(left - right) / np.maximum(1.0, np.abs(right))
    gaps[np.isnan(left) & np.isnan(right)] = 0.0
    gaps[np.isnan(gaps)] = np.inf
    gaps[[key not in sides[0] or key not in sides[1] for key in keys]] = np.inf
    part.count += len(keys)
    for place in np.flatnonzero(gaps > part.tolerance):
        figures = (side.get(keys[place], ABSENT) for side in sides)
        finding = Finding(number, part.name, label(keys[place]), *figures, gaps[place])
        part.findings.append(finding)
    if gaps.max() > part.largest:
        part.largest = float(gaps.max())
        part.where = f"round {number}: {label(keys[gaps.argmax()])}"


def same_texts(part, number, published, recomputed, label):
    """Adds texts, such as statuses, to a part; as `compared`."""
    for value in published.index.union(recomputed.index):
        sides = [side.get(value, ABSENT) for side in (published, recomputed)]
        part.count += 1
        if sides[0] != sides[1]:
            part.findings.append(Finding(number, part.name, label(value), *sides, np.inf))
            part.largest, part.where = np.inf, f"round {number}: {label(value)}"


def by_column(frame, key, columns):
    """A frame's columns as one series by (key, column)."""
    long = frame.set_index(key)[columns].astype(float)
    return long.stack(future_stack=True) if len(long) else pd.Series(dtype=float)


def _shown(value):
    if isinstance(value, str):
        return value
    return "nothing" if np.isnan(value) else f"{value:.12g}"
