"""Scores that need the matrix of signals: of the due target days, and those without a target."""

from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from kardashev.kernels.contribution import alpha, meta_portfolio_contribution, neutral_contribution
from kardashev.kernels.correlation import first_largest, neutral_correlation
from kardashev.rounds.blocks import DAY, by_round, rows_of_rounds
from kardashev.rounds.extremes import extreme_score
from kardashev.rounds.score_rows import (
    DEFINITION,
    DayScores,
    contribution_targets,
    score_batch,
    score_schema,
)
from kardashev.rounds.scored import BLOCK, ScoredBlock, scored_blocks

NO_STAKE = "nothing is at risk in the round"
NO_PORTFOLIO = "the meta portfolio is zero"
IN_SPAN = "the signal lies in the span of the neutralizers"
FEW_NEUTRALIZERS = "neutralizers cover under {:.0%} of the stocks"
NO_FACTORS = "no factor of {} is landed"
ALONE = "no other submission is accepted"
NO_REFERENCE = "no other submission of a benchmark or example is accepted"
NO_META_MODEL = "no model stakes enough for {}"
META_MODEL_IN_SPAN = "{} lies in the span of the neutralizers"
CONSTANT_TARGET = "the target is constant"

SCHEMA = score_schema(("attained_by", pa.string()))


def matrix_score_rows(connection, scores, sources, covered, targets, shares, extremes, references):
    """Matrix scores of every accepted model on the due target days, as long rows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    scores : relation, the columns of ``int_scores_due``, of the families in `FAMILIES` or on extreme stocks
    sources : kardashev.rounds.prepared.Sources
    covered : relation (round_number, coverage_id, stock_key)
    targets : relation (round_number, target, score_day, known_at, stock_key, value)
    shares : relation (round_number, model_key, stake_share), null shares where nothing is at risk
    extremes : relation of `kardashev.rounds.extremes.SCHEMA`, as kept at the close
    references : relation (round_number, model_id), the operator's benchmarks and examples

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        A value or the reason why there is none; ``attained_by`` names whose largest value it is. A
        score on extreme stocks that is missing gives no reason here.
    """
    order = ", ".join(dict.fromkeys((*BLOCK, *DEFINITION, *DAY)))
    wanted = rows_of_rounds(scores.order(order).to_arrow_table().to_pylist())

    def of_round(reader, number):
        rows = wanted[number]
        for block, of_block in scored_blocks(reader, number, rows, sources, covered, ScoredBlock):
            block.target_rows, block.share_rows = targets, shares
            block.extreme_rows, block.reference_rows = extremes, references
            scores = (list(due) for _, due in groupby(of_block, itemgetter(*DEFINITION)))
            days = [day for due in scores for day in _by_day(block, due, outcome(block, due))]
            yield score_batch(SCHEMA, block.models.keys, days)

    return by_round(connection, SCHEMA, wanted, of_round)


class Outcome(NamedTuple):
    """Values (models, days), or none; why a value is missing; and by whom each model's was attained."""

    values: np.ndarray | None = None
    reason: Any = None
    attained_by: pa.Array | None = None


def _alpha(block, due):
    means = np.array([row["target_mean"] for row in due])
    powered, targets, basis, weights = block.portfolio_parts(block.targets(due))
    values = alpha(powered, targets, means, basis, weights)
    return Outcome(_where(np.isfinite(block.projection_norms), values), IN_SPAN)


def _mpc(block, due):
    shares = block.stake_shares
    if np.isnan(shares).any():
        return Outcome(reason=NO_STAKE)
    has_weights = np.isfinite(block.projection_norms)
    if not shares[has_weights].any():
        return Outcome(reason=NO_PORTFOLIO)
    powered, targets, basis, weights = block.portfolio_parts(block.targets(due))
    values = meta_portfolio_contribution(
        powered, targets, shares, basis, weights, due[0]["normalizer"], due[0]["scale"]
    )
    if np.isnan(values).all():
        return Outcome(reason=NO_PORTFOLIO)
    return Outcome(_where(has_weights, values), IN_SPAN)


def _neutral_correlation(block, due):
    norms = block.least_squares_norms
    targets = block.targets(due)[block.has_neutralizers]
    values = neutral_correlation(block.neutral_gaussian, targets, block.least_squares, norms)
    return Outcome(values, np.where(np.isnan(norms), IN_SPAN, CONSTANT_TARGET))


def _neutral_contribution(block, due):
    name = due[0]["meta_model"]
    meta_model = block.meta_model(name, is_neutral=True)
    if meta_model is None:
        return Outcome(reason=NO_META_MODEL.format(name))
    targets = contribution_targets(block.targets(due)[block.has_neutralizers], due)
    values = neutral_contribution(block.neutral_gaussian, meta_model, targets, block.least_squares)
    if np.isnan(values).all():
        return Outcome(reason=META_MODEL_IN_SPAN.format(name))
    return Outcome(_where(np.isfinite(block.least_squares_norms), values), IN_SPAN)


def _nearest_signal(block, due):
    if len(block.models) == 1:
        return Outcome(reason=ALONE)
    largest, nearest, _ = block.pairwise
    return Outcome(largest[:, None], attained_by=block.models.ids.take(pa.array(nearest)))


def _mean_signal(block, due):
    if len(block.models) == 1:
        return Outcome(reason=ALONE)
    return Outcome(block.pairwise[2][:, None])


def _nearest_reference(block, due):
    largest, nearest, _ = block.against_references
    nearest = pa.array(nearest, mask=nearest < 0)
    return Outcome(largest[:, None], NO_REFERENCE, block.models.ids.take(nearest))


def _mean_reference(block, due):
    return Outcome(block.against_references[2][:, None], NO_REFERENCE)


def _largest_exposure(block, due):
    found, names = block.exposures(due[0]["factor_set"])
    if not len(names):
        return Outcome(reason=NO_FACTORS.format(due[0]["factor_set"]))
    return Outcome(
        found.max(axis=1)[:, None], attained_by=names.take(pa.array(first_largest(found)))
    )


def _rms_exposure(block, due):
    found, names = block.exposures(due[0]["factor_set"])
    if not len(names):
        return Outcome(reason=NO_FACTORS.format(due[0]["factor_set"]))
    return Outcome(np.sqrt((found**2).mean(axis=1))[:, None])


FAMILIES = {
    "alpha": _alpha,
    "mpc": _mpc,
    "neutral_correlation": _neutral_correlation,
    "neutral_contribution": _neutral_contribution,
    "nearest_signal": _nearest_signal,
    "mean_signal": _mean_signal,
    "nearest_reference": _nearest_reference,
    "mean_reference": _mean_reference,
    "largest_exposure": _largest_exposure,
    "rms_exposure": _rms_exposure,
}
SAME_SHARE = 1e-12  # 20 of 21 stocks, which are 21 of 25, are four fifths
OUTSIDE_NEUTRALIZERS = ("alpha", "mpc", "neutral_correlation", "neutral_contribution")


def outcome(block, due):
    """What the due rows of one score come to on a block."""
    if due[0]["top_bottom"] is not None:
        return Outcome(extreme_score(block, due))
    family, share = due[0]["family"], due[0]["minimum_overlap"]
    held = block.has_neutralizers.mean() * due[0]["overlap_share"]
    if family in OUTSIDE_NEUTRALIZERS and held < share - SAME_SHARE:
        return Outcome(reason=FEW_NEUTRALIZERS.format(share))
    return FAMILIES[family](block, due)


def _where(is_defined, values):
    return np.where(is_defined[:, None], values, np.nan)


def _by_day(block, due, found):
    """What one score comes to on each of its days."""
    nothing = np.full((len(block.models), len(due)), np.nan)
    values = nothing if found.values is None else found.values
    attained_by = pa.nulls(len(block.models)) if found.attained_by is None else found.attained_by
    for row, of_day in zip(due, values.T, strict=True):
        yield DayScores(row, of_day, found.reason, (attained_by,))
