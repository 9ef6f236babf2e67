"""Signals that lie in the span of their neutralizers: only rounding noise is left of them, so no score.

numerai-tools scores the noise. The rule is ours: less than a millionth of the signal's norm is none.
"""

import numpy as np

from kardashev.inspection.audit import plain

SHARE = 1e-6


def outside(predictions, columns):
    """Residuals on [columns, 1] of the prepared signals that have one.

    Parameters
    ----------
    predictions : pandas.DataFrame (stocks, models)
    columns : pandas.DataFrame (stocks, columns), of some of the stocks

    Returns
    -------
    pandas.DataFrame (stocks of the columns, models outside their span)
    """
    signals = plain.gaussian(predictions.loc[columns.index])
    left = plain.residual(signals, columns)
    return left.loc[:, _norms(left) > SHARE * _norms(signals)]


def has_residual(predictions, columns):
    """Whether each signal is outside the span of [columns, 1]."""
    signals = plain.gaussian(predictions.loc[columns.index])
    return _norms(plain.residual(signals, columns)) > SHARE * _norms(signals)


def has_weights(predictions, basis, sample_weights):
    """Whether each signal, to the power 1.5, is outside the span of N under v."""
    roots = np.sqrt(sample_weights.loc[basis.index])
    signals = plain.powered(plain.gaussian(predictions)).loc[basis.index]
    left = plain.weights(predictions, basis, sample_weights).div(roots, axis=0)
    return np.sqrt((left**2).sum()) > SHARE * np.sqrt((signals.mul(roots, axis=0) ** 2).sum())


def _norms(values):
    return np.sqrt(((values - values.mean()) ** 2).sum())
