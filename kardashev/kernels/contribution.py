"""Contributions: to the meta model (MMC and its neutral form), Alpha, and to the meta portfolio (MPC).

G is the matrix (stocks, models) of gaussianized signals, S′ the same to the power 1.5; T (stocks, days)
holds one target a column; p (models,) are shares of the stake. With N the neutralizers and v the sample
weights, the neutral weights W = A S′ come from a symmetric operator A, so Alpha and MPC apply A to one vector
a day and never form W. MPC is a gradient in closed form: tests check it against automatic differentiation.
"""

import numpy as np

from kardashev.kernels.neutralization import least_squares_residual, neutral_weights

NORMALIZERS = ("l1", "l2")


def contribution(signals, meta_model, targets):
    """``u·t / n`` with u = g − m (g·m)/(m·m), the part of a signal that the meta model does not hold.

    Parameters
    ----------
    signals : array (stocks, models), gaussianized
    meta_model : array (stocks,), gaussianized
    targets : array (stocks, days), centred, times 4 where they lie in [0, 1]

    Returns
    -------
    array (models, days); NaN throughout when the meta model is constant.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.correlation_contribution.
    """
    size = meta_model @ meta_model
    shares = np.outer(signals.T @ meta_model, meta_model @ targets) / (size if size > 0 else np.nan)
    return (signals.T @ targets - shares) / len(targets)


def neutral_contribution(signals, meta_model, targets, basis):
    """`contribution` with signals and meta model neutralized by least squares after gaussianizing.

    Residuals of signals meet only other residuals here, and the operator is symmetric and idempotent, so
    neutralizing the meta model and the target is enough.

    Parameters
    ----------
    signals, meta_model, targets : as in `contribution`
    basis : array (stocks, rank), Q of `least_squares_basis`

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.neutral_contribution.
    """
    neutral_meta_model = least_squares_residual(meta_model[:, None], basis)[:, 0]
    return contribution(signals, neutral_meta_model, least_squares_residual(targets, basis))


def orthogonalized(signals, meta_model):
    """The signals u of `contribution`, (stocks, models). Source: numerai-tools 0.7.2 orthogonalize."""
    return signals - np.outer(meta_model, (signals.T @ meta_model) / (meta_model @ meta_model))


def alpha(powered, targets, target_means, basis, sample_weights):
    """``W · (t − mean t) / n``, one value for each model and day.

    Parameters
    ----------
    powered : array (stocks, models), S′
    targets : array (stocks, days)
    target_means : array (days,)
        Means of each target over all its stocks: the target is centred before it is cut to the signal's.
    basis : array (stocks, columns), N
    sample_weights : array (stocks,), v

    Returns
    -------
    array (models, days), in units of the target.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.alpha.
    """
    neutral = neutral_weights(targets - target_means, basis, sample_weights)
    return powered.T @ neutral / len(targets)


def meta_portfolio(powered, shares, basis, sample_weights):
    """The centred stake-weighted portfolio ``u = C W p``, before it is normalised.

    Returns
    -------
    array (stocks,)
    """
    blend = (powered @ shares)[:, None]
    portfolio = neutral_weights(blend, basis, sample_weights)[:, 0]
    return portfolio - portfolio.mean()


def normalized_meta_portfolio(powered, shares, basis, sample_weights):
    """SWP: the meta portfolio over the sum of its absolute weights.

    Returns
    -------
    array (stocks,), or NaN throughout when the portfolio is zero
    """
    portfolio = meta_portfolio(powered, shares, basis, sample_weights)
    size = np.abs(portfolio).sum()
    return portfolio / (size if size > 0 else np.nan)


def meta_portfolio_contribution(powered, targets, shares, basis, sample_weights, normalizer, scale):
    """Gradient of the normalised portfolio's alpha with respect to each model's share of the stake.

    With u = C W p and α = u·t / ‖u‖::

        l1:  ∂α/∂p = (CW)ᵀ (t − α sign(u)) / ‖u‖₁
        l2:  ∂α/∂p = (CW)ᵀ (t − u (u·t)/(u·u)) / ‖u‖₂

    Parameters
    ----------
    powered, targets, basis, sample_weights : as in `alpha`
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
    portfolio = meta_portfolio(powered, shares, basis, sample_weights)[:, None]
    centred = targets - targets.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if normalizer == "l1":
            norm = np.abs(portfolio).sum()
            residual = centred - np.sign(portfolio) * (portfolio.T @ centred) / norm
        else:
            norm = np.sqrt((portfolio**2).sum())
            residual = centred - portfolio * (portfolio.T @ centred) / norm**2
        residual = residual - residual.mean(axis=0)
        return powered.T @ neutral_weights(residual, basis, sample_weights) / norm * scale
