"""The formulas on plain numpy: where numerai-tools is not installed, or does not reach.

Signals are frames (stocks, models) in the order of stock ids; targets and meta models are series by stock.
``floor`` is the smallest share of either side that signals and target must share: below it a score is NaN.
A signal is ranked on the stocks that it is scored on. Source: numerai-tools 0.7.2 and its papers; rewritten
here, so that the two can be held against each other.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

RCOND = 1e-6  # of numerai-tools' neutralize


def ranked(values):
    """Percentile ranks about 0.5, ties kept."""
    return (values.rank() - 0.5) / len(values)


def gaussian(predictions):
    """Normal quantiles of ranks."""
    if not predictions.shape[1]:
        return predictions
    return ranked(predictions).apply(ndtri)


def powered(values):
    """To the power 1.5, signs kept."""
    return np.sign(values) * np.abs(values) ** 1.5


def residual(values, columns):
    """What least squares on [columns, 1] leaves of each signal."""
    design = np.column_stack([columns, np.ones(len(columns))])
    fitted = design @ np.linalg.lstsq(design, values.to_numpy(), rcond=RCOND)[0]
    return values - fitted


def weights(predictions, basis, sample_weights):
    """Neutral weights on the stocks of the basis N: (s' − N Nᵀ(v s')) v."""
    signals = powered(gaussian(predictions)).loc[basis.index]
    v = sample_weights.loc[basis.index].to_numpy()[:, None]
    n = basis.to_numpy()
    return (signals - n @ (n.T @ (v * signals.to_numpy()))) * v


def normalized(portfolios):
    """Weights centred, over the sum of their sizes."""
    centred = portfolios - portfolios.mean()
    return centred / centred.abs().sum()


def shared(signals, target, floor):
    """The stocks that signals and target share, or None where they are too few."""
    index = signals.index.intersection(target.index)
    enough = len(index) >= floor * max(len(signals), len(target))
    return index.sort_values() if enough and len(index) else None


def correlation(predictions, target, has_power, k=None, floor=0.8):
    """CORR: Pearson of prepared signals to the power 1.5 with the centred target."""
    index = shared(predictions, target, floor)
    if index is None:
        return _nothing(predictions)
    target = (target - target.mean()).loc[index]
    signals = powered(gaussian(predictions.loc[index]))
    return _pearson(signals, powered(target) if has_power else target, k)


def neutral_signals(predictions, columns):
    """Prepared signals outside a factor set, ready to be scored as signals."""
    return residual(gaussian(predictions), columns)


def rank_correlation(predictions, target, floor=0.8):
    """Spearman on the shared stocks."""
    index = shared(predictions, target, floor)
    if index is None:
        return _nothing(predictions)
    return _pearson(predictions.loc[index].rank(), target.loc[index].rank())


def contribution(predictions, meta_model, target, k=None, floor=0.8, basis=None):
    """MMC: what a signal holds beside the meta model, times the centred target; neutral with a basis."""
    index = shared(predictions, target, floor)
    if index is not None and basis is not None:
        index = index.intersection(basis.index)
    if index is None or not len(index):
        return _nothing(predictions)
    signals, target = gaussian(predictions.loc[index]), target.loc[index]
    blend = gaussian(meta_model.loc[index].to_frame())
    if basis is not None:
        signals, blend = (residual(part, basis.loc[index]) for part in (signals, blend))
    m = blend.to_numpy()[:, 0]
    size = m @ m
    u = signals.to_numpy()
    u = u - np.outer(m, (u.T @ m) / (size if size > 0 else np.nan))
    centred = (target - target.mean()) * (4 if target.between(0, 1).all() else 1)
    if k is None:
        return pd.Series(centred.to_numpy() @ u / len(index), index=predictions.columns)
    places = _extremes(u, k)
    chosen = np.take_along_axis(u, places, axis=0) * centred.to_numpy()[places]
    return pd.Series(chosen.mean(axis=0), index=predictions.columns)


def neutral_correlation(predictions, basis, target, k=None, floor=0.8):
    """Pearson of prepared signals outside N with the centred target; no power."""
    index = shared(predictions, target, floor)
    if index is None:
        return _nothing(predictions)
    centred = target - target.mean()
    index = index.intersection(basis.index)
    signals = residual(gaussian(predictions.loc[index]), basis.loc[index])
    return _pearson(signals, centred.loc[index], k)


def alpha(predictions, basis, sample_weights, target, floor=0.8):
    """Neutral weights times the centred target, over the number of stocks."""
    index = shared(predictions, target, floor)
    if index is None:
        return _nothing(predictions)
    here = index.intersection(basis.index)
    portfolios = weights(predictions.loc[index], basis.loc[here], sample_weights)
    return portfolios.T @ (target - target.mean()).loc[here] / len(here)


def mpc(predictions, stakes, basis, sample_weights, target, normalizer, floor=0.8):
    """Gradient of the normalised meta portfolio's alpha in each share of the stake, without its scale."""
    index = shared(predictions, target, floor)
    if index is None or not stakes.sum() > 0:
        return _nothing(predictions)
    here = index.intersection(basis.index)
    portfolios = weights(predictions.loc[index], basis.loc[here], sample_weights)
    centred = (portfolios - portfolios.mean()).to_numpy()
    u = centred @ (stakes / stakes.sum()).reindex(predictions.columns).to_numpy()
    u = u - u.mean()
    t = target.loc[here].to_numpy() - target.loc[here].mean()
    if normalizer == "l1":
        size = np.abs(u).sum()
        along = np.sign(u) * (u @ t) / size
    else:
        size = np.sqrt(u @ u)
        along = u * (u @ t) / size**2
    return pd.Series(centred.T @ (t - along) / size, index=predictions.columns)


def churn(later, earlier, floor=0.8):
    """1 − Spearman on the shared stocks; NaN where they are too few or one of the two is constant."""
    index = shared(later, earlier, floor)
    if index is None:
        return np.nan
    x, y = (side.loc[index].rank().to_numpy() for side in (later, earlier))
    return 1 - np.corrcoef(x, y)[0, 1] if np.ptp(x) > 0 and np.ptp(y) > 0 else np.nan


def turnover(later, earlier, floor=0.8):
    """Half the sum of absolute differences of two portfolios on the shared stocks."""
    index = shared(later, earlier, floor)
    return np.nan if index is None else (later.loc[index] - earlier.loc[index]).abs().sum() / 2


def _pearson(signals, target, k=None):
    x, y = signals.to_numpy(), target.to_numpy()[:, None]
    if k is not None:
        places = _extremes(x, k)
        x, y = np.take_along_axis(x, places, axis=0), y[:, 0][places]
    differs = (np.ptp(x, axis=0) > 0) & (np.ptp(y, axis=0) > 0)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    norms = np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))
    found = (x * y).sum(axis=0) / np.where(differs, norms, np.nan)
    return pd.Series(found, index=signals.columns)


def _extremes(values, k):
    """Places of the k lowest and k highest of each column; ties by stock id, as a stable sort leaves them."""
    order = np.argsort(values, axis=0, kind="stable")
    return np.vstack([order[:k], order[-k:]])


def _nothing(predictions):
    return pd.Series(np.nan, index=predictions.columns)
