"""The form of a submission: which columns a file may have, and what their cells may hold.

What ids and values are worth, missing and duplicated ones included, is judged in the warehouse.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kardashev.errors import RefusedFileError
from kardashev.landing.tables import STOCK_IDENTIFIERS

MAX_CELL_CHARACTERS = 256  # no identifier comes near it
SHOWN_CHARACTERS = 40  # of a value that a message repeats

CONTROL_CHARACTER = r"\p{Cc}"
DAY = re.compile(r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}")
FRIDAY = 4  # Monday is 0

SIGNALS_OF_ID = dict.fromkeys(STOCK_IDENTIFIERS, ("prediction", "signal")) | {
    "id": ("prediction", "probability")
}
SIGNAL_COLUMNS = ("prediction", "signal", "probability")
DATE_COLUMNS = ("friday_date", "date")
IGNORED_COLUMNS = ("data_type",)
KNOWN_COLUMNS = (*SIGNALS_OF_ID, *SIGNAL_COLUMNS, *DATE_COLUMNS, *IGNORED_COLUMNS)


class Layout(NamedTuple):
    """Which column of a file is what."""

    id_type: str
    signal: str
    date: str | None


def layout_of(names) -> Layout:
    """What each column of a header is, whatever their order.

    Raises
    ------
    RefusedFileError
        When a name is unknown or repeated, or there is not one id and one signal that goes with it.
    """
    for position, name in enumerate(names, start=1):
        if not name:
            raise RefusedFileError(f"column {position} has no name; leave out a frame's index")
        if name not in KNOWN_COLUMNS:
            raise RefusedFileError(
                f"column {shown(name)} is not known; keep an id ({_either(SIGNALS_OF_ID)}), "
                f"a signal ({_either(SIGNAL_COLUMNS)}) and at most a date, separated by commas"
            )
        if name in names[: position - 1]:
            raise RefusedFileError(f"column '{name}' appears twice; keep one")
    id_type = _only_one(names, SIGNALS_OF_ID, "id")
    signal = _only_one(names, SIGNAL_COLUMNS, "signal")
    if signal not in SIGNALS_OF_ID[id_type]:
        allowed = _either(SIGNALS_OF_ID[id_type])
        raise RefusedFileError(f"column '{signal}' does not go with '{id_type}'; name it {allowed}")
    has_date = any(name in DATE_COLUMNS for name in names)
    return Layout(id_type, signal, _only_one(names, DATE_COLUMNS, "date") if has_date else None)


def plain_text(name, column) -> pa.Array:
    """A column of text, plain or dictionary-encoded, as plain text in one piece.

    Raises
    ------
    RefusedFileError
        At the first cell that is too long or holds a control character. A line break in a cell
        means that an open quote has swallowed the rows below it.
    """
    for chunk in column.chunks:
        values = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        if (pc.max(pc.utf8_length(values)).as_py() or 0) > MAX_CELL_CHARACTERS:
            longest = pc.index(pc.greater(pc.utf8_length(values), MAX_CELL_CHARACTERS), True)
            raise RefusedFileError(
                f"{name} {shown(values[longest.as_py()])} has more than {MAX_CELL_CHARACTERS} "
                "characters; shorten it"
            )
    texts = column.cast(pa.string()).combine_chunks()
    row = pc.index(pc.match_substring_regex(texts, CONTROL_CHARACTER), True).as_py()
    if row >= 0:
        raise RefusedFileError(
            f"row {row + 1}: {name} {shown(texts[row])} holds a control character or line break; "
            "take it out, and close each quote on its line"
        )
    return texts


def empty_as_null(texts) -> pa.Array:
    """Texts with the empty ones missing; a blank is not empty."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def check_days(name, texts, eras):
    """Refuse a date column that holds anything but days of the round, as YYYYMMDD or YYYY-MM-DD.

    Parameters
    ----------
    name : the column's
    texts : pyarrow.Array of str
    eras : of the round, (kind, era date) each; any day will do where there is none

    Raises
    ------
    RefusedFileError
        Names the first row whose date is not one, or not of the round.
    """
    for text in pc.unique(texts).to_pylist():  # in the order of rows
        day = day_of(text)
        if day is not None and (not eras or any(is_of_era(day, *era) for era in eras)):
            continue
        row = texts.to_pylist().index(text) + 1
        if day is None:
            raise RefusedFileError(
                f"row {row}: {name} {shown(text or '')} is not a date; "
                "write it as YYYYMMDD or YYYY-MM-DD, or leave the column out"
            )
        dates = " or ".join(str(era_date) for _, era_date in eras)
        raise RefusedFileError(
            f"row {row}: {name} {shown(text)} is not of this round, whose era is {dates}; "
            "send the rows of this era alone, to its round"
        )


def is_of_era(day, kind, era_date) -> bool:
    """Whether a day is the era's, or in validation its latest Friday is the Friday of the era's week."""
    latest_friday = day - timedelta((day.weekday() - FRIDAY) % 7)
    friday_of_week = era_date + timedelta(FRIDAY - era_date.weekday())
    return day == era_date or (kind == "validation" and latest_friday == friday_of_week)


def day_of(text) -> date | None:
    """The day that a text is, as YYYYMMDD or YYYY-MM-DD; None if it is none."""
    try:
        return date.fromisoformat(text) if text and DAY.fullmatch(text) else None
    except ValueError:
        return None


def shown(value) -> str:
    """A file's value as a message repeats it: quoted, and cut after a few characters."""
    text = str(value)
    return f"'{text[:SHOWN_CHARACTERS]}{'…' if len(text) > SHOWN_CHARACTERS else ''}'"


def _only_one(names, allowed, what):
    found = [name for name in names if name in allowed]
    if not found:
        raise RefusedFileError(f"there is no {what} column; name one {_either(allowed)}")
    if len(found) > 1:
        raise RefusedFileError(f"there are several {what} columns, {', '.join(found)}; keep one")
    return found[0]


def _either(names):
    *others, last = names
    return f"{', '.join(others)} or {last}"
