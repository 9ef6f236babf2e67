"""Portfolio scores: Alpha, and Meta Portfolio Contribution in its versions.

W is the matrix (stocks, models) of neutral weights; T (stocks, days) holds one target a column; p (models,)
are shares of the stake. MPC is the gradient of the stake-weighted portfolio's alpha with respect to each
share, in closed form: tests check it against automatic differentiation.
"""

import numpy as np

NORMALIZERS = ("l1", "l2")


def alpha(weights, targets, target_means):
    """``W · (t − mean t) / n``, one value for each model and day.

    Parameters
    ----------
    weights : array (stocks, models), neutral weights
    targets : array (stocks, days)
    target_means : array (days,)
        Means of each target over all its stocks: the target is centred before it is cut to the signal's.

    Returns
    -------
    array (models, days), in units of the target.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.alpha.
    """
    return weights.T @ (targets - target_means) / len(targets)


def meta_portfolio(weights, shares):
    """The centred stake-weighted portfolio ``u = C W p``, before it is normalised.

    Returns
    -------
    array (stocks,)
    """
    portfolio = weights @ shares
    return portfolio - portfolio.mean()


def meta_portfolio_contribution(weights, targets, shares, normalizer, scale):
    """Gradient of the normalised portfolio's alpha with respect to each model's share of the stake.

    With u = C W p and α = u·t / ‖u‖::

        l1:  ∂α/∂p = (CW)ᵀ (t − α sign(u)) / ‖u‖₁
        l2:  ∂α/∂p = (CW)ᵀ (t − u (u·t)/(u·u)) / ‖u‖₂

    Parameters
    ----------
    weights : array (stocks, models), neutral weights
    targets : array (stocks, days)
    shares : array (models,), summing to one; no stake is a share of 0
    normalizer : {"l1", "l2"}
    scale : float, a factor on the result (1/50 in version v3)

    Returns
    -------
    array (models, days), or NaN throughout when the portfolio is zero.

    Raises
    ------
    ValueError
        For another normalizer, or shares that do not sum to one.

    Notes
    -----
    Source: l1 as the founding document writes it (numerai-tools before 0.5.2); l2 as numerai-tools
    0.7.2 scoring.meta_portfolio_contribution, which centres weights and target.
    """
    if normalizer not in NORMALIZERS:
        raise ValueError(f"no normalizer {normalizer!r}: one of {', '.join(NORMALIZERS)}")
    if not np.isclose(shares.sum(), 1):
        raise ValueError(f"shares of the stake sum to {shares.sum():g}, not to 1")
    portfolio = meta_portfolio(weights, shares)[:, None]
    centred = targets - targets.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if normalizer == "l1":
            norm = np.abs(portfolio).sum()
            residual = centred - np.sign(portfolio) * (portfolio.T @ centred) / norm
        else:
            norm = np.sqrt((portfolio**2).sum())
            residual = centred - portfolio * (portfolio.T @ centred) / norm**2
        residual = residual - residual.mean(axis=0)
        return weights.T @ residual / norm * scale
