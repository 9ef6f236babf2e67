"""The formulas of numerai-tools, under the names and with the arguments of `plain`.

An assertion of numerai-tools says that two sides share too few stocks, or differ in nothing: no score. Its
own floor is 80 % of the stocks; for another one, and for what it has no formula of, `plain` stands in.
"""

import warnings
from functools import wraps

import numpy as np
import pandas as pd
from numerai_tools import scoring, signals

from kardashev.inspection.audit import plain

FLOOR = 0.8
MPC_SCALE = 1 / 50  # of its meta_portfolio_contribution


def _or_plain(formula):
    """The formula at numerai-tools' own floor; NaN where an assertion fails."""

    @wraps(formula)
    def found(predictions, *arguments, floor=FLOOR, **options):
        if floor != FLOOR:
            return getattr(plain, formula.__name__)(predictions, *arguments, floor=floor, **options)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                return formula(predictions, *arguments, **options)
            except AssertionError:
                is_frame = isinstance(predictions, pd.DataFrame)
                return pd.Series(np.nan, index=predictions.columns) if is_frame else np.nan

    return found


@_or_plain
def correlation(predictions, target, has_power, k=None):
    target = target.rename("target")
    return scoring.numerai_corr(predictions, target, top_bottom=k, target_pow15=has_power)


def neutral_signals(predictions, columns):
    return scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize(predictions, columns)


@_or_plain
def rank_correlation(predictions, target):
    target, predictions = scoring.filter_sort_index(target, predictions)
    return predictions.apply(lambda signal: scoring.spearman_correlation(target, signal))


@_or_plain
def contribution(predictions, meta_model, target, k=None, basis=None):
    if basis is None:
        return scoring.correlation_contribution(predictions, meta_model, target, top_bottom=k)
    return scoring.neutral_contribution(predictions, meta_model, basis, target, top_bottom=k)


@_or_plain
def neutral_correlation(predictions, basis, target, k=None):
    return scoring.neutral_correlation(predictions, basis, target, top_bottom=k)


@_or_plain
def alpha(predictions, basis, sample_weights, target):
    if len(basis) < len(sample_weights):  # its alpha wants N of every stock
        return plain.alpha(predictions, basis, sample_weights, target)
    return scoring.alpha(predictions, basis, sample_weights, target)


@_or_plain
def mpc(predictions, stakes, basis, sample_weights, target, normalizer):
    if normalizer != "l2" or len(basis) < len(sample_weights) or not stakes.sum() > 0:
        return plain.mpc(predictions, stakes, basis, sample_weights, target, normalizer)
    found = scoring.meta_portfolio_contribution(predictions, stakes, basis, sample_weights, target)
    return found / MPC_SCALE


def weights(predictions, basis, sample_weights):
    if len(basis) < len(sample_weights):
        return plain.weights(predictions, basis, sample_weights)
    return scoring.generate_neutralized_weights(predictions, basis, sample_weights)


@_or_plain
def churn(later, earlier):
    return signals.churn(later, earlier)


@_or_plain
def turnover(later, earlier):
    return signals.turnover(later, earlier)
