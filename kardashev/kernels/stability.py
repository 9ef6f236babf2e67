"""How far a model moved between two rounds: churn of its ranks, turnover of its weights.

Both are taken on the stocks that the two rounds share. Matrices are (stocks, models) in Fortran order;
the columns of the two are the same models, the rows the shared stocks in the same order.
"""

import numpy as np

MODELS_AT_ONCE = 64  # whose counts of ranks stay in the processor's cache


def ranks_among(ranks, kept):
    """Doubled ranks among some of the stocks, from those among all of them. Nothing is sorted.

    A rank falls by two for each stock left out below it, and by one for each that ties with it.

    Parameters
    ----------
    ranks : int array (stocks, models), doubled ranks, 2 … 2·stocks
    kept : bool array (stocks,)

    Returns
    -------
    int32 array (kept stocks, models), 2 … 2·kept
    """
    rows = ranks.T
    found = np.empty((rows.shape[0], int(kept.sum())), np.int32)
    left_out = np.flatnonzero(~kept)
    width = 2 * len(ranks) + 1
    for start in range(0, len(rows), MODELS_AT_ONCE):
        block = rows[start : start + MODELS_AT_ONCE]
        of_block = block[:, kept].astype(np.int32)
        if len(left_out):
            first = np.arange(len(block))[:, None] * width
            gone = np.bincount(
                (block[:, left_out] + first).ravel(), minlength=len(block) * width
            ).reshape(len(block), width)
            falls = 2 * np.cumsum(gone, axis=1, dtype=np.int32) - gone.astype(np.int32)
            of_block -= falls.ravel()[of_block + first]
        found[start : start + MODELS_AT_ONCE] = of_block
    return found.T


def churn(later, earlier):
    """1 − Spearman of two matrices of doubled ranks, taken among the shared stocks.

    Parameters
    ----------
    later, earlier : int arrays (stocks, models)

    Returns
    -------
    array (models,), 0 for the same order, 2 for the reverse; NaN where one of the two is constant

    Notes
    -----
    Doubled ranks of n stocks have the mean n + 1; their sums of products are exact. Source:
    numerai-tools 0.7.2 signals.churn.
    """
    count = len(later)
    found = np.empty(later.shape[1])
    for start in range(0, later.shape[1], MODELS_AT_ONCE):
        block = slice(start, start + MODELS_AT_ONCE)
        x, y = (ranks.T[block].astype(float) for ranks in (later, earlier))
        xy, xx, yy = (np.einsum("ij,ij->i", a, b) for a, b in ((x, y), (x, x), (y, y)))
        centre = count * (count + 1.0) ** 2
        norms = np.sqrt((xx - centre) * (yy - centre))
        found[block] = 1 - (xy - centre) / np.where(norms > 0, norms, np.nan)
    return found


def normalized(weights):
    """Weights of portfolios, centred and divided by the sum of their sizes.

    Parameters
    ----------
    weights : array (stocks, models), on a round's full universe

    Returns
    -------
    array (stocks, models); NaN for a portfolio of one weight throughout
    """
    centred = weights - weights.mean(axis=0)
    sizes = np.abs(centred).sum(axis=0)
    return centred / np.where(sizes > 0, sizes, np.nan)


def turnover(later, earlier):
    """Half the sum of absolute differences of two portfolios' weights on the shared stocks.

    Parameters
    ----------
    later, earlier : arrays (stocks, models), as `normalized` makes them on each round's full universe

    Returns
    -------
    array (models,)

    Notes
    -----
    Source: numerai-tools 0.7.2 signals.turnover.
    """
    return np.abs(later - earlier).sum(axis=0) / 2
