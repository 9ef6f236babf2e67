"""Tie-kept ranks, normal quantiles and the power 1.5, column by column on matrices.

A rank is kept as an integer, twice the average rank (``doubled_rank``, 2 … 2n): exact, small, and equal
on every machine. Everything after it is a look-up in a table of 2n + 1 values.
"""

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

POWER = 1.5


def doubled_rank(values):
    """Twice the average rank of each value in its column, ties sharing one rank.

    Parameters
    ----------
    values : array (stocks,) or (stocks, models)
        Finite signals, any unit.

    Returns
    -------
    int64 array of the same shape, 2 … 2·stocks.

    Raises
    ------
    ValueError
        When a value is NaN: an absent stock is filled before it is ranked.
    """
    values = np.asarray(values)
    if np.isnan(values).any():
        raise ValueError("cannot rank NaN: fill absent stocks first")
    return np.rint(2 * rankdata(values, method="average", axis=0)).astype(np.int64)


def normal_quantiles(n):
    """Standard normal quantiles of ``(rank − 0.5) / n`` for every doubled rank 0 … 2n.

    Odd about the middle to the last bit, so that a signal and its reverse cancel exactly. Entries 0 and 1
    belong to no rank and are NaN.

    Returns
    -------
    float array (2n + 1,), standard deviations; index it with doubled ranks.
    """
    quantiles = np.full(2 * n + 1, np.nan)
    ranks = np.arange(2, n + 2)
    lower = ndtri((ranks - 1) / (2 * n))
    quantiles[2 * n + 2 - ranks] = -lower
    quantiles[ranks] = lower
    quantiles[n + 1] = 0.0
    return quantiles


def signed_power(values, power=POWER):
    """``sign(x)·|x|^power``, element by element; NaN stays NaN."""
    return np.sign(values) * np.abs(values) ** power


def gaussianized(ranks):
    """Normal quantiles of a matrix of doubled ranks (stocks, models) over all its stocks."""
    return normal_quantiles(len(ranks))[ranks]
