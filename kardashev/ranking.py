"""Tie-kept ranks, normal quantiles, the power 1.5 and the ends of a ranking, column by column on matrices.

A rank is kept as an integer, twice the average rank (``doubled_rank``, 2 … 2n): exact, small, and equal
on every machine. Everything after it is a look-up in a table of 2n + 1 values. A matrix (stocks, models)
is fastest in Fortran order, each model's stocks side by side; any order is accepted.
"""

import numpy as np
from scipy.special import ndtri

POWER = 1.5
MODELS_AT_ONCE = 256  # columns of a block that stays in the processor's cache


def doubled_rank(values, tie_width=0.0):
    """Twice the average rank of each value in its column, ties sharing one rank.

    Parameters
    ----------
    values : array (stocks,) or (stocks, models)
        Finite signals, any unit.
    tie_width : float, unit of the values
        Neighbours in order that lie no further apart are tied. For values that were computed: stocks that
        are equal in theory differ by rounding noise, which must not order them.

    Returns
    -------
    int32 array of the same shape, 2 … 2·stocks, in Fortran order.

    Raises
    ------
    ValueError
        When a value is NaN: an absent stock is filled before it is ranked.
    """
    values = np.asarray(values)
    if np.isnan(values).any():
        raise ValueError("cannot rank NaN: fill absent stocks first")
    columns = values.reshape(len(values), -1)
    ranks = np.empty(columns.shape, dtype=np.int32, order="F")
    for start in range(0, columns.shape[1], MODELS_AT_ONCE):
        block = slice(start, start + MODELS_AT_ONCE)
        ranks[:, block] = _block_ranks(np.asfortranarray(columns[:, block]), tie_width)
    return ranks.reshape(values.shape, order="F")


def _block_ranks(values, tie_width):
    places = np.arange(1, len(values) + 1, dtype=np.int32)[:, None]
    order = np.argsort(values, axis=0)
    is_tied = np.diff(np.take_along_axis(values, order, axis=0), axis=0) <= tie_width
    ordered = np.repeat(2 * places, values.shape[1], axis=1)
    columns = np.flatnonzero(is_tied.any(axis=0))
    if columns.size:
        edge = np.zeros((1, columns.size), dtype=bool)
        follows = np.vstack([edge, is_tied[:, columns]])
        is_followed = np.vstack([is_tied[:, columns], edge])
        first = np.maximum.accumulate(np.where(follows, 0, places), axis=0)
        last = np.where(is_followed, len(values), places)[::-1]
        ordered[:, columns] = first + np.minimum.accumulate(last, axis=0)[::-1]
    ranks = np.empty(values.shape, dtype=np.int32, order="F")
    np.put_along_axis(ranks, order, ordered, axis=0)
    return ranks


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


def gaussianized(ranks, power=1.0):
    """Normal quantiles of a matrix of doubled ranks (stocks, models) over all its stocks, to a power."""
    return signed_power(normal_quantiles(len(ranks)), power)[ranks]


def top_bottom(ranks, k):
    """Where the k lowest and the k highest stocks of each model stand, ties broken by their order.

    Parameters
    ----------
    ranks : int array (stocks, models), doubled ranks
    k : int, at most half the stocks

    Returns
    -------
    int array (2k, models), positions, the lowest first; within each end in no order.

    Raises
    ------
    ValueError
        When 2k is more than the stocks: the ends would overlap (numerai-tools fails an assertion there).

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.filter_sort_top_bottom (a stable sort by index).
    """
    n = len(ranks)
    if not 0 < 2 * k <= n:
        raise ValueError(f"the {k} lowest and {k} highest of {n} stocks overlap")
    keys = np.asfortranarray(ranks) * np.int64(n) + np.arange(n)[:, None]
    bounds = sorted({k - 1, n - k})
    order = np.argpartition(keys, bounds, axis=0)
    return np.concatenate([order[:k], order[n - k :]])
