"""Scores of one target day as long rows, however they are computed."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from kardashev.rounds.matrices import batch, typed

DEFINITION = ("score", "score_version", "target")
COLUMNS = (
    ("round_number", pa.int32()),
    ("model_key", pa.int32()),
    ("score", pa.string()),
    ("score_version", pa.string()),
    ("target", pa.string()),
    ("score_day", pa.int32()),
    ("known_at", pa.timestamp("us")),
    ("value", pa.float64()),
    ("null_reason", pa.string()),
)


def contribution_targets(targets, due):
    """Targets (stocks, days) as contributions take them: centred, times 4 on days when they are binned."""
    return (targets - targets.mean(axis=0)) * np.where([row["is_binned"] for row in due], 4, 1)


def score_schema(*more):
    """The columns of every score, and more of one's own."""
    return pa.schema([*COLUMNS, *more])


class DayScores(NamedTuple):
    """What one score comes to on one due day, for each model of a round.

    due : dict, a row of ``int_scores_due``
    values : array (models,), NaN where there is none
    reason : str or array (models,) of str, or None, why a value is missing
    more : arrays (models,), of the schema's further columns
    """

    due: dict
    values: np.ndarray
    reason: Any = None
    more: tuple = ()


def score_batch(schema, model_keys, days):
    """One batch of some scores and days of a round: as many small ones would cost more than what is in them.

    Parameters
    ----------
    schema : pyarrow.Schema of `score_schema`
    model_keys : int array (models,)
    days : list of DayScores, at least one

    Returns
    -------
    pyarrow.RecordBatch
    """
    count = len(model_keys)
    places = pa.array(np.repeat(np.arange(len(days)), count))
    kinds = dict(COLUMNS)
    constants = {
        name: pa.array([day.due[name] for day in days], kinds[name]).take(places)
        for name in ("round_number", *DEFINITION, "score_day", "known_at")
    }
    values = np.concatenate([day.values for day in days])
    columns = constants | {
        "model_key": np.tile(model_keys, len(days)),
        "value": values,
        "null_reason": _reasons(values, [day.reason for day in days], count),
    }
    further = schema.names[len(COLUMNS) :]
    for name, parts in zip(further, zip(*(day.more for day in days), strict=True), strict=True):
        kind = schema.field(name).type
        columns[name] = pa.chunked_array([typed(part, kind) for part in parts], kind)
    return batch(schema, [columns[name] for name in schema.names])


def _reasons(values, reasons, count):
    """The reason of each value that is missing."""
    told = np.empty(len(values), object)
    for start, reason in zip(range(0, len(values), count), reasons, strict=True):
        told[start : start + count] = reason
    told[np.isfinite(values)] = None
    return pa.array(told, pa.string())
