"""Products that come to the same digits whatever else is computed with them.

Percentiles rank scores, so identical signals must have identical scores; and rounds built one by one,
or with more models, must come to the same values. A matrix product depends on how a library cuts it
into blocks. Here each entry is a sum of its own, over stocks in the order of their ids.
"""

import numpy as np

MODELS_AT_ONCE = 64  # columns that stay in the processor's cache while the vectors pass


def products(values, vectors):
    """``valuesᵀ · vectors``, each entry independent of all other rows and columns.

    Parameters
    ----------
    values : array (stocks, models), in Fortran order for speed
    vectors : array (stocks, k)

    Returns
    -------
    array (models, k)
    """
    rows, vectors = np.ascontiguousarray(values.T), np.ascontiguousarray(vectors.T)
    found = np.empty((len(rows), len(vectors)))
    for start in range(0, len(rows), MODELS_AT_ONCE):
        block = slice(start, start + MODELS_AT_ONCE)
        for place, vector in enumerate(vectors):
            found[block, place] = np.einsum("ij,j->i", rows[block], vector)
    return found


def blend(values, weights):
    """``Σ weightₘ · valuesₘ`` over models, to the last digit whatever their order; weight 0 leaves no trace.

    Stocks that are equal in theory must be tied when a meta model is ranked, so the rounding error of
    each addition is carried along (Knuth's two-sum).

    Parameters
    ----------
    values : array (stocks, models)
    weights : array (models,)

    Returns
    -------
    array (stocks,)
    """
    total, error = np.zeros(len(values)), np.zeros(len(values))
    for model in np.flatnonzero(weights):
        term = weights[model] * values[:, model]
        former, total = total, total + term
        gained = total - former
        error += (former - (total - gained)) + (term - gained)
    return total + error
