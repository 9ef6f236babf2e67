"""The mathematics of a round made from prices: weights v, factors, N and targets, on arrays."""

import re

import numpy as np

from kardashev.kernels.neutralization import (
    least_squares_basis,
    least_squares_residual,
    orthonormal_basis,
    weighted_projection_residual,
)
from kardashev.kernels.ranking import doubled_rank, gaussianized

STANDARD_FACTORS = ("beta", "momentum_12_1", "size", "volatility")
FEATURES = ("feature_reversal_1m", "feature_momentum_6_1", "feature_high_52w")
UNKNOWN = "unknown"  # the group of a stock whose own is not told
COUNTRY_PREFIX, SECTOR_PREFIX = "country_", "sector_"
GROUP_PREFIXES = (COUNTRY_PREFIX, SECTOR_PREFIX)  # of the dummies' names
NEUTRALIZER_PREFIX = "n_"  # of the names of N's columns
WEIGHT_CAP_QUANTILE = 0.95  # of v: no few giants carry the round
BIN_EDGES = (0.05, 0.25, 0.75, 0.95)  # percentiles between five bins in shares 5/20/50/20/5 %
BIN_STEP = 0.25


def capacity_weights(dollar_volume):
    """Sample weights v: the root of the dollar volume, capped at its 95th percentile, of mean 1.

    Parameters
    ----------
    dollar_volume : array (stocks,), positive, in the prices' currency a day

    Returns
    -------
    array (stocks,), no unit
    """
    root = np.sqrt(dollar_volume)
    capped = np.minimum(root, np.quantile(root, WEIGHT_CAP_QUANTILE))
    return capped / capped.mean()


def median_filled(columns):
    """Missing values replaced by their column's median; a column without any value becomes 0.

    Parameters
    ----------
    columns : array (stocks, k), NaN where missing

    Returns
    -------
    array (stocks, k), finite
    """
    is_missing = np.isnan(columns)
    has_values = ~is_missing.all(axis=0)
    medians = np.zeros(columns.shape[1])
    medians[has_values] = np.nanmedian(columns[:, has_values], axis=0)
    return np.where(is_missing, medians, columns)


def group_dummies(countries, sectors):
    """One 0/1 column for each country and each sector that occurs.

    Parameters
    ----------
    countries, sectors : sequences of str (stocks,); spellings that differ in case or punctuation are one

    Returns
    -------
    names : list of str, ``country_<snake_name>`` then ``sector_<snake_name>``, each sorted; no country where
        all are unknown
    dummies : float array (stocks, names)
    """
    of_sectors = _dummies(SECTOR_PREFIX, sectors)
    if set(countries) <= {UNKNOWN}:
        return of_sectors
    (country_names, country_dummies), (names, dummies) = (
        _dummies(COUNTRY_PREFIX, countries),
        of_sectors,
    )
    return country_names + names, np.column_stack([country_dummies, dummies])


def _dummies(prefix, groups):
    spellings, of_stock = np.unique(groups, return_inverse=True)
    snake = np.array([_snake_case(spelling) for spelling in spellings])[of_stock]
    unique = np.unique(snake)
    return [f"{prefix}{name}" for name in unique], (snake[:, None] == unique).astype(float)


def neutralizer_basis(dummies, standard_factors, weights):
    """N: an orthonormal basis under v of market, countries, sectors and gaussianized standard factors.

    Parameters
    ----------
    dummies : array (stocks, groups), 0 or 1
    standard_factors : array (stocks, 4), raw and finite
    weights : array (stocks,), v

    Returns
    -------
    array (stocks, rank) with NᵀVN = I; countries sum to the market, and so do sectors: each takes one from
    the rank of 1 + groups + 4 columns
    """
    market = np.ones((len(weights), 1))
    factors = gaussianized(doubled_rank(standard_factors))
    return orthonormal_basis(np.column_stack([market, dummies, factors]), weights)


def binned(values):
    """Five bins 0, .25, .5, .75, 1 by tie-kept percentile (average rank − 0.5)/n.

    Parameters
    ----------
    values : array (stocks,), finite

    Returns
    -------
    array (stocks,)
    """
    percentiles = (doubled_rank(values) - 1) / (2 * len(values))
    return np.searchsorted(BIN_EDGES, percentiles) * BIN_STEP


def target_values(returns, dummies, standard_factors, features, basis, weights):
    """The five targets of one horizon, on the stocks that have a return.

    ``return`` is the return itself. The others are bins: of the return (``raw_return``), of its
    least-squares residual on countries, sectors and gaussianized standard factors
    (``factor_neutral``), on these and gaussianized features (``factor_feat_neutral``), of
    ``r − N Nᵀ V r`` (``chili``).

    Parameters
    ----------
    returns : array (stocks,), total returns, 0.01 is one per cent
    dummies, standard_factors, features : arrays (stocks, …) on the same stocks, raw
    basis, weights : N (stocks, k) and v (stocks,) on the same stocks, as landed for the whole round

    Returns
    -------
    dict of name → array (stocks,)
    """
    factors = np.column_stack([dummies, gaussianized(doubled_rank(standard_factors))])
    with_features = np.column_stack([factors, gaussianized(doubled_rank(features))])
    column = returns[:, None]
    return {
        "return": returns,
        "raw_return": binned(returns),
        "factor_neutral": binned(
            least_squares_residual(column, least_squares_basis(factors))[:, 0]
        ),
        "factor_feat_neutral": binned(
            least_squares_residual(column, least_squares_basis(with_features))[:, 0]
        ),
        "chili": binned(weighted_projection_residual(column, basis, weights)[:, 0]),
    }


def _snake_case(text):
    return re.sub(r"\W+", "_", text.lower().replace("&", " and ")).strip("_")
