"""A participant's file over many eras of validation, read as one upload to all of them."""

import numpy as np
import pyarrow as pa

from kardashev.errors import RefusedFileError
from kardashev.landing.door.door import check_model_id, content_of, refusals_name, submission
from kardashev.landing.door.form import day_of, is_of_era, shown
from kardashev.landing.door.formats import OF_A_HISTORY, read_columns


def read_history(file, rounds, model_id, submitted_at) -> pa.Table:
    """The rows to land of a file whose rows say their eras, with the columns and types of the landed table.

    Parameters
    ----------
    file : Path of a CSV or Parquet file, its form that of a round's upload, with a column ``date``
    rounds : dict of number → kardashev.landing.calendar.Round
    model_id : str
    submitted_at : datetime in UTC

    Raises
    ------
    RefusedFileError
        In one line: what, where, what to do. A row whose date is of no landed round of validation refuses
        the file.
    """
    with refusals_name(file):
        check_model_id(model_id)
        layout, columns = read_columns(content_of(file, OF_A_HISTORY), OF_A_HISTORY)
        if not layout.date:
            raise RefusedFileError("there is no date column; say each row's era in 'date'")
        numbers = _round_numbers(layout.date, columns[layout.date], rounds)
        return submission(layout, columns, numbers, model_id, submitted_at)


def _round_numbers(name, texts, rounds):
    eras = [
        (number, *era)
        for number, round_ in rounds.items()
        for era in round_.eras
        if round_.is_of_validation
    ]
    if not eras:
        raise RefusedFileError(
            "no round of validation is landed: see `kardashev market --kind validation`"
        )
    days = texts.dictionary_encode()
    found = [_round_of(text, eras) for text in days.dictionary.to_pylist()]
    places = days.indices.fill_null(len(found)).to_numpy()
    numbers = np.array([*found, -1], np.int32)[places]
    if (numbers < 0).any():
        row = int((numbers < 0).argmax())
        first, last = (fold(day for _, _, day in eras) for fold in (min, max))
        raise RefusedFileError(
            f"row {row + 1}: {name} {shown(texts[row].as_py() or '')} is of no round of validation; "
            f"eras from {first} to {last} are landed"
        )
    return pa.array(numbers)


def _round_of(text, eras):
    day = day_of(text)
    of_day = (number for number, kind, era in eras if day and is_of_era(day, kind, era))
    return next(of_day, -1)
