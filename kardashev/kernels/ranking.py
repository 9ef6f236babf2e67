"""Tie-kept ranks, normal quantiles, the power 1.5 and the ends of a ranking, column by column on matrices.

A rank is kept as an integer, twice the average rank (``doubled_rank``, 2 … 2n): exact, small, and equal
on every machine. Everything after it is a look-up in a table of 2n + 1 values. A matrix (stocks, models)
is fastest in Fortran order, each model's stocks side by side; any order is accepted.
"""

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

POWER = 1.5
MODELS_AT_ONCE = 32  # columns of a block that stays in the processor's cache


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
    columns = values[:, None] if values.ndim == 1 else values
    ranks = np.empty(columns.shape, dtype=np.int32, order="F")
    for block in _blocks(columns.shape[1]):
        ranks[:, block] = _ranked_rows(columns[:, block].T, tie_width).T
    return ranks.reshape(values.shape, order="F")


def _blocks(count):
    return [slice(start, start + MODELS_AT_ONCE) for start in range(0, count, MODELS_AT_ONCE)]


def _ranked_rows(values, tie_width):
    """Doubled ranks within each row of a matrix (models, stocks)."""
    models, stocks = values.shape
    order = np.argsort(values, axis=1)
    order += (
        np.arange(models)[:, None] * stocks
    )  # places in the whole block: one index instead of two
    ordered = np.take(values.ravel(), order)
    places = np.arange(1, stocks + 1, dtype=np.int32)
    ordered_ranks = np.tile(2 * places, (models, 1))
    is_tied = np.diff(ordered, axis=1) <= tie_width
    rows = np.flatnonzero(is_tied.any(axis=1))
    if rows.size:
        edge = np.zeros((rows.size, 1), dtype=bool)
        follows = np.hstack([edge, is_tied[rows]])
        is_followed = np.hstack([is_tied[rows], edge])
        first = np.maximum.accumulate(np.where(follows, 0, places), axis=1)
        last = np.where(is_followed, stocks, places)[:, ::-1]
        ordered_ranks[rows] = first + np.minimum.accumulate(last, axis=1)[:, ::-1]
    ranks = np.empty(values.size, dtype=np.int32)
    ranks[order.ravel()] = ordered_ranks.ravel()
    return ranks.reshape(values.shape)


def with_absent(known):
    """Doubled ranks over a universe when the stocks that a signal does not name stand in the middle.

    They enter as rank 0.5 of the known ones, and the universe is ranked again. Nothing is sorted:
    known ranks below the middle stay, those above it move up by two for each absent stock, and the
    absent ones share the middle with the known ones that stand exactly there.

    Parameters
    ----------
    known : int array (stocks, models), doubled ranks among the known stocks; 0 where absent

    Returns
    -------
    int32 array of the same shape, 2 … 2·stocks, in Fortran order
    """
    ranks = np.asfortranarray(known, dtype=np.int32)
    counts = (ranks > 0).sum(axis=0, dtype=np.int32)
    absent = len(ranks) - counts
    for model in np.flatnonzero(absent):
        column, middle = ranks[:, model], counts[model] + 1
        below, at = ((column > 0) & (column < middle)).sum(), (column == middle).sum()
        shared = 2 * below + at + absent[model] + 1
        is_middle = (column == 0) | (column == middle)
        ranks[:, model] = np.where(
            is_middle, shared, column + 2 * absent[model] * (column > middle)
        )
    return ranks


@lru_cache(maxsize=8)
def normal_quantiles(n):
    """Standard normal quantiles of ``(rank − 0.5) / n`` for every doubled rank 0 … 2n.

    Odd about the middle to the last bit, so that a signal and its reverse cancel exactly. Entries 0 and 1
    belong to no rank and are NaN.

    Returns
    -------
    float array (2n + 1,), standard deviations; index it with doubled ranks. It is kept, so it is read-only.
    """
    quantiles = np.full(2 * n + 1, np.nan)
    ranks = np.arange(2, n + 2)
    lower = ndtri((ranks - 1) / (2 * n))
    quantiles[2 * n + 2 - ranks] = -lower
    quantiles[ranks] = lower
    quantiles[n + 1] = 0.0
    quantiles.flags.writeable = False
    return quantiles


def signed_power(values, power=POWER):
    """``sign(x)·|x|^power``, element by element; NaN stays NaN."""
    return np.sign(values) * np.abs(values) ** power


def gaussianized(ranks, power=1.0):
    """Normal quantiles of a matrix of doubled ranks (stocks, models) over all its stocks, to a power."""
    return signed_power(normal_quantiles(len(ranks)), power)[ranks.T].T


def centred(ranks):
    """Doubled ranks (stocks, models) less their mean, over the number of stocks: in [−1, 1]."""
    return (ranks - (len(ranks) + 1.0)) / len(ranks)


def top_bottom(values, k, tie_width=0.0, are_ranks=False):
    """Where the k lowest and the k highest stocks of each model stand, ties broken by their order.

    Parameters
    ----------
    values : array (stocks, models), no NaN
    k : int, at most half the stocks
    tie_width : float, as in `doubled_rank`
    are_ranks : bool, whether they are doubled ranks of all stocks: then where the ends begin is known

    Returns
    -------
    int array (2k, models), positions, the lowest first; within each end in the order of the stocks.

    Raises
    ------
    ValueError
        When 2k is more than the stocks: the ends would overlap (numerai-tools fails an assertion there).

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.filter_sort_top_bottom (a stable sort by index). Nothing is sorted
    here but the models with a tie across an edge.
    """
    stocks, models = values.shape
    if not 0 < 2 * k <= stocks:
        raise ValueError(f"the {k} lowest and {k} highest of {stocks} stocks overlap")
    places = np.empty((models, 2 * k), dtype=np.int64)
    for block in _blocks(models):
        rows = np.ascontiguousarray(values[:, block].T)
        edges = (2 * k, 2 * (stocks - k) + 1) if are_ranks else _edges(rows, k)
        places[block] = _ends_of_rows(rows, k, edges, tie_width)
    return places.T


def _edges(values, k):
    """The highest of the k lowest and the lowest of the k highest values of each row, as columns."""
    ends = [k - 1, values.shape[1] - k]
    found = np.partition(values, ends, axis=1)
    return found[:, ends[:1]], found[:, ends[1:]]


def _ends_of_rows(values, k, edges, tie_width):
    stocks, (low, high) = values.shape[1], edges
    if tie_width:
        low, high = low + tie_width, high - tie_width
    is_low, is_high = values <= low, values >= high
    is_clear = (is_low.sum(axis=1) == k) & (is_high.sum(axis=1) == k)
    places = np.empty((len(values), 2 * k), dtype=np.int64)
    for end, is_there in ((slice(k), is_low), (slice(k, None), is_high)):
        places[is_clear, end] = np.nonzero(is_there[is_clear])[1].reshape(-1, k)
    if not is_clear.all():
        ranks = _ranked_rows(values[~is_clear], tie_width)
        keys = ranks * np.int64(stocks) + np.arange(stocks)
        order = np.argpartition(keys, [k - 1, stocks - k], axis=1)
        ends = order[:, :k], order[:, stocks - k :]
        places[~is_clear] = np.hstack([np.sort(end, axis=1) for end in ends])
    return places
