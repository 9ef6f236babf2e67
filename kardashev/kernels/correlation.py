"""Correlations of many signals at once: with targets, with factors, and with each other."""

import numpy as np

from kardashev.kernels.neutralization import centred_norms, least_squares_residual

MODELS_AT_ONCE = 512  # pairwise correlations of two such blocks are held at a time
SAME_CORRELATION = 1e-12  # correlations this close are one: clones must not be told apart by noise


def correlation(signals, targets):
    """Pearson correlation of each signal with each target.

    Parameters
    ----------
    signals : array (stocks, models)
    targets : array (stocks, days)

    Returns
    -------
    array (models, days), in [−1, 1]; NaN where a signal or a target is constant.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.pearson_correlation; with prepared signals and powered targets,
    scoring.numerai_corr.
    """
    centred = targets - targets.mean(axis=0)
    norms = np.outer(centred_norms(signals), np.linalg.norm(centred, axis=0))
    return signals.T @ centred / np.where(norms > 0, norms, np.nan)


def neutral_correlation(signals, targets, basis, residual_norms):
    """Pearson correlation of each signal's least-squares residual with each target.

    The residual operator is symmetric, so the target is neutralized and not the signals.

    Parameters
    ----------
    signals : array (stocks, models), gaussianized, no power
    targets : array (stocks, days)
    basis : array (stocks, rank), Q of `least_squares_basis`
    residual_norms : array (models,)
        Norms of the signals' residuals about their mean; NaN where there is no residual but noise.

    Returns
    -------
    array (models, days); NaN where the target is constant or the signal has no residual.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.neutral_correlation.
    """
    centred = targets - targets.mean(axis=0)
    norms = np.outer(residual_norms, np.linalg.norm(centred, axis=0))
    products = signals.T @ least_squares_residual(centred, basis)
    return products / np.where(norms > 0, norms, np.nan)


def exposures(signals, factors):
    """|Pearson| of each signal with each factor.

    Returns
    -------
    array (models, factors), in [0, 1]; NaN for a constant factor.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.max_feature_correlation, of which the largest is taken by model.
    """
    return np.abs(correlation(signals, factors))


def first_largest(values):
    """Where the largest value of each row stands, the first of those within `SAME_CORRELATION` of it."""
    return (values >= values.max(axis=1, keepdims=True) - SAME_CORRELATION).argmax(axis=1)


def nearest_signals(signals):
    """Each signal's largest and mean Pearson correlation with all the others, itself left out.

    Parameters
    ----------
    signals : array (stocks, models), none constant

    Returns
    -------
    largest : array (models,)
    nearest : int array (models,)
        Whose signal that is; of several that are as near, the first; −1 for a lone model.
    mean : array (models,)
        Both values are NaN for a lone model.
    """
    unit = signals - signals.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=0)
    count = unit.shape[1]
    largest, nearest = np.full(count, -np.inf), np.full(count, -1)
    starts = range(0, count, MODELS_AT_ONCE)
    blocks = [slice(start, min(start + MODELS_AT_ONCE, count)) for start in starts]
    for place, rows in enumerate(blocks):
        for columns in blocks[place:]:
            products = unit[:, rows].T @ unit[:, columns]
            if rows == columns:
                np.fill_diagonal(products, -np.inf)
            else:
                _raise_to(largest, nearest, columns, rows, products.T)
            _raise_to(largest, nearest, rows, columns, products)
    is_lone = count == 1
    mean = (unit.T @ unit.sum(axis=1) - 1) / max(count - 1, 1)
    return (
        np.full(count, np.nan) if is_lone else largest,
        nearest,
        np.full(count, np.nan) if is_lone else mean,
    )


def nearest_references(signals, references):
    """Each signal's largest and mean Pearson correlation with a few of them, itself left out.

    Parameters
    ----------
    signals : array (stocks, models), none constant
    references : int array (few,), their places

    Returns
    -------
    largest, nearest, mean : as of `nearest_signals`, NaN and −1 for a model that has no reference but itself
    """
    unit = signals - signals.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=0)
    products = unit.T @ unit[:, references]
    is_itself = np.arange(len(products))[:, None] == references
    count = len(references) - is_itself.sum(axis=1)
    has_reference = count > 0
    if not has_reference.any():
        nothing = np.full(len(products), np.nan)
        return nothing, np.full(len(products), -1), nothing
    others = np.where(is_itself, -np.inf, products)
    mean = np.where(is_itself, 0.0, products).sum(axis=1) / np.maximum(count, 1)
    return (
        np.where(has_reference, others.max(axis=1), np.nan),
        np.where(has_reference, references[first_largest(others)], -1),
        np.where(has_reference, mean, np.nan),
    )


def _raise_to(largest, nearest, rows, columns, products):
    """Takes the largest products of a block where they are larger than what is held."""
    highest = products.max(axis=1)
    first = first_largest(products) + columns.start
    is_larger = highest > largest[rows] + SAME_CORRELATION
    largest[rows] = np.where(is_larger, highest, largest[rows])
    nearest[rows] = np.where(is_larger, first, nearest[rows])
