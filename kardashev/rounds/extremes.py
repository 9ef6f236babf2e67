"""Scores on the k highest and k lowest stocks of every signal.

Which stocks these are does not depend on the target. Of plain and neutralized signals the ranks say it
at once; of signals less the meta model, and of residuals outside N, it takes the whole matrix: they
are found at the close and kept, so that a new day is a sum over 2k stocks a model.
"""

import numpy as np
import pyarrow as pa

from kardashev.kernels.contribution import orthogonalized
from kardashev.kernels.neutralization import least_squares_residual
from kardashev.kernels.ranking import signed_power, top_bottom
from kardashev.rounds.blocks import Index, by_round, rows_of_rounds
from kardashev.rounds.matrices import batch, packed, unpacked
from kardashev.rounds.neutralized import RESIDUAL_TIE_WIDTH
from kardashev.rounds.prepared import PLAIN, PreparedBlock
from kardashev.rounds.score_rows import contribution_targets

RANKED = "correlation"  # the family whose extremes the ranks of a form say
SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("extreme_form", pa.string()),
        ("model_key", pa.int32()),
        ("places", pa.large_binary()),
        ("signal_values", pa.large_binary()),
    ]
)


def extreme_signal_rows(connection, forms, sources):
    """Values of each signal at its own 2k extreme stocks of the universe, chosen by those values, ties
    by stock id.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    forms : relation (round_number, extreme_form, family, factor_set, meta_model, top_bottom)
    sources : kardashev.rounds.prepared.Sources

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`, places in the order of stock ids, packed as the values are
        No rows where a round has fewer than 2k stocks, the meta model is missing or constant, or the signal
        lies in the span of its neutralizers.

    Notes
    -----
    Source: numerai-tools 0.7.2, the ``top_bottom`` argument of scoring.numerai_corr,
    correlation_contribution, neutral_correlation and neutral_contribution.
    """
    columns = "round_number, extreme_form, family, factor_set, meta_model, top_bottom"
    wanted = rows_of_rounds(forms.select(columns).order(columns).to_arrow_table().to_pylist())

    def of_round(reader, number):
        block = PreparedBlock.read(reader, number, sources)
        for form in wanted[number]:
            found = _chosen(block, form) if len(block.models) else None
            if found is not None:
                yield _batch(number, form["extreme_form"], *found)

    return by_round(connection, SCHEMA, wanted, of_round)


def extreme_score(block, due):
    """Pearson, or the mean product of contributions, on each signal's own extreme stocks.

    Parameters
    ----------
    block : kardashev.rounds.scored.ScoredBlock
    due : list of rows of ``int_scores_due`` of one score

    Returns
    -------
    array (models of the block, days), NaN where there is none; or None
    """
    form = due[0]
    found = _kept(block, form) if block.whole is None and form["family"] != RANKED else None
    found = _chosen(block, form) if found is None else found
    if found is None:
        return None
    models, places, values = found
    targets = _targets(block, due)
    scores = np.full((len(block.models), len(due)), np.nan)
    here = block.models.here(models.keys)
    for day, target in enumerate(targets.T):
        if form["family"].endswith("contribution"):
            scores[here, day] = (values * target[places]).mean(axis=0)
        else:
            scores[here, day] = _pearson(values, target[places])
    return scores


def _targets(block, due):
    targets = block.targets(due)
    if due[0]["family"].endswith("contribution"):
        return contribution_targets(targets, due)
    centred = targets - np.array([row["target_mean"] for row in due])
    return signed_power(centred) if due[0]["has_target_power"] else centred


def _pearson(x, y):
    """Of each column of two matrices; NaN where one of the two is constant."""
    differs = (np.ptp(x, axis=0) > 0) & (np.ptp(y, axis=0) > 0)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    norms = np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))
    return (x * y).sum(axis=0) / np.where(differs, norms, np.nan)


def _kept(block, form):
    """Models, places (2k, models) and values (2k, models) as the close kept them; None without any."""
    in_form = block.in_round | {"extreme_form": form["extreme_form"]}
    rows = block.reader.rows(block.extreme_rows, in_form, "model_key, places, signal_values")
    if not rows.num_rows:
        return None
    width = 2 * form["top_bottom"]
    places = unpacked(rows["places"], width, "u")
    values = unpacked(rows["signal_values"], width, "f")
    return Index.of(rows["model_key"].to_numpy(), None), places.T, values.T


def _chosen(block, form):
    """Models, places (2k, models) and values (2k, models), found now; None without any."""
    k = form["top_bottom"]
    if 2 * k > len(block.stocks):
        return None
    if form["family"] == RANKED:
        return block.rank_extremes(form["factor_set"] or PLAIN, k)
    found = _values(block, form)
    if found is None:
        return None
    models, values = found
    places = top_bottom(values, k, RESIDUAL_TIE_WIDTH)
    return models, places, np.take_along_axis(values, places, axis=0)


def _values(block, form):
    """The models, and the values (stocks, models) to choose by; None without any."""
    is_neutral = form["family"].startswith("neutral")
    is_contribution = form["family"].endswith("contribution")
    meta_model = block.meta_model(form["meta_model"]) if is_contribution else None
    if is_contribution and meta_model is None:
        return None
    models, values = block.models, block.gaussian
    if is_neutral:
        if not block.has_neutralizers.all():
            return None
        has_residual = np.isfinite(block.least_squares_norms)
        models, values = models.only(has_residual), block.residuals[:, has_residual]
    if is_contribution:
        if is_neutral:
            meta_model = least_squares_residual(meta_model[:, None], block.least_squares)[:, 0]
        if not meta_model.any():
            return None
        values = orthogonalized(values, meta_model)
    return models, values


def _batch(number, extreme_form, models, places, values):
    count = len(models)
    columns = [pa.repeat(number, count), pa.repeat(extreme_form, count), models.keys]
    return batch(SCHEMA, [*columns, packed(places.T), packed(values.T)])
