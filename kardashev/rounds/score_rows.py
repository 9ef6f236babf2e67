"""Scores of one target day as long rows, however they are computed."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.rounds.matrices import batch

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


def score_batch(schema, model_keys, due, values, reason, *more):
    """One batch: the value of each model of a round on one due day, or the reason why there is none.

    Parameters
    ----------
    schema : pyarrow.Schema of `score_schema`
    model_keys : int array (models,)
    due : dict, a row of ``int_scores_due``
    values : array (models,), NaN where there is none
    reason : str or array (models,) of str, or None
    more : arrays (models,) of the schema's further columns

    Returns
    -------
    pyarrow.RecordBatch
    """
    count = len(model_keys)
    constants = [due[name] for name in ("score", "score_version", "target", "score_day")]
    return batch(
        schema,
        [
            pa.repeat(due["round_number"], count),
            model_keys,
            *(pa.repeat(value, count) for value in constants),
            pa.repeat(pa.scalar(due["known_at"], pa.timestamp("us")), count),
            values,
            _reasons(values, reason),
            *more,
        ],
    )


def _reasons(values, reason):
    """The reason of each value that is missing."""
    if reason is None:
        return pa.nulls(len(values), pa.string())
    told = pa.repeat(reason, len(values)) if isinstance(reason, str) else pa.array(reason)
    return pc.if_else(pa.array(np.isfinite(values)), None, told.cast(pa.string()))
