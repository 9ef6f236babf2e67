"""From formulas to a participant's file: recipes, noise, percentiles."""

import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kardashev.kernels.ranking import doubled_rank, gaussianized
from kardashev.landing.demo.edits import EDITS
from kardashev.landing.demo.participants import Participant


def gaussianized_known(values: np.ndarray) -> np.ndarray:
    """Normal quantiles over the finite values of each column, NaN where a value is missing.

    Parameters
    ----------
    values : array (stocks, formulas), higher is better

    Returns
    -------
    array of the same shape, standard deviations
    """
    found = np.full(values.shape, np.nan)
    for column, is_known in enumerate(~np.isnan(values).T):
        if is_known.any():
            known = doubled_rank(values[is_known, column])
            found[is_known, column] = gaussianized(known)
    return found


def participant_signal(
    participant: Participant,
    formulas: dict[str, np.ndarray],
    stock_count: int,
    seed: int,
    round_number: int,
) -> np.ndarray:
    """What a model thinks of each stock: weighted formulas and noise, higher is better.

    Parameters
    ----------
    formulas : name → array (stocks,), gaussianized, NaN where a formula knows nothing
    seed, round_number : with the model's id, all that the noise depends on

    Returns
    -------
    array (stocks,), NaN where one of the formulas is
    """
    signal = np.zeros(stock_count)
    for name, weight in participant.recipe.items():
        signal += weight * formulas[name]
    if participant.noise:
        model_seed = zlib.crc32(participant.model_id.encode())
        rng = np.random.default_rng([seed, round_number, model_seed])
        signal += participant.noise * rng.standard_normal(stock_count)
    return signal


def signal_rows(
    participant: Participant, ids: pa.ChunkedArray, signal: np.ndarray, edit: str = ""
) -> pa.Table:
    """A file's rows: tie-kept percentiles in the participant's span, unknown stocks left out.

    Parameters
    ----------
    ids : (stocks,), by the identifier of the participant's header
    signal : array (stocks,), NaN where the model knows nothing
    edit : a name in `EDITS`, or empty for an honest file
    """
    is_known = ~np.isnan(signal)
    known = signal[is_known]
    low, high = participant.span
    percentiles = (doubled_rank(known) - 1) / (2 * max(len(known), 1))
    if participant.grades:
        grades = participant.grades
        percentiles = (np.floor(percentiles * grades) + 0.5) / grades
    columns = [ids.filter(pa.array(is_known)), low + (high - low) * percentiles]
    rows = pa.table(columns, names=list(participant.header))
    return EDITS[edit](rows) if edit and len(rows) else rows


def write_file(rows: pa.Table, path: Path) -> None:
    """Write Parquet or CSV, as the suffix says; CSV by hand: for small files it is the faster."""
    if path.suffix == ".parquet":
        pq.write_table(rows, path)
        return
    ids, signals = (column.to_pylist() for column in rows.columns)
    lines = [
        f"{id_ or ''},{'' if signal is None else signal}"
        for id_, signal in zip(ids, signals, strict=True)
    ]
    path.write_text("\n".join([",".join(rows.column_names), *lines, ""]), "utf-8")
