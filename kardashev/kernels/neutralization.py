"""Least squares on a rank-safe factorization, the v-weighted projection, orthonormal bases.

Both ways to neutralize are symmetric operators: x·(A s) = (A x)·s. A score that is a product of neutralized
signals with one vector therefore neutralizes the vector, once, and not the thousands of signals.
"""

import numpy as np

RELATIVE_RANK_TOLERANCE = 1e-6  # numerai-tools 0.7.2 scoring.neutralize: lstsq(rcond=1e-6)
SPAN_TOLERANCE = (
    1e-6  # a signal that keeps a smaller share of its norm lies in the span: the rest is noise
)


def weighted_projection_residual(signals, basis, weights):
    """``s − N (Nᵀ (v · s))`` for each column s: the part of a signal that N does not span under v.

    N is used as it is, not orthonormalised again; there is no intercept.

    Parameters
    ----------
    signals : array (stocks, models)
    basis : array (stocks, columns), N with NᵀVN = I on the full universe
    weights : array (stocks,), v, positive

    Returns
    -------
    array (stocks, models), the unit of the signals.

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.generate_neutralized_weights.
    """
    return _without(signals, basis, basis * weights[:, None])


def neutral_weights(signals, basis, weights):
    """Portfolio weights ``(s − N (Nᵀ (v · s))) · v`` of powered signals; a symmetric operator.

    Shapes as in `weighted_projection_residual`. Source: numerai-tools 0.7.2
    scoring.generate_neutralized_weights (without its ``center_and_normalize``).
    """
    return weighted_projection_residual(signals, basis, weights) * weights[:, None]


def orthonormal_basis(columns, weights):
    """A basis N of the columns' span with NᵀVN = I, dependent columns dropped.

    A column is dropped when, by the singular values of √V·X with columns scaled to unit norm, it adds
    less than `RELATIVE_RANK_TOLERANCE` to the span of those already taken.

    Parameters
    ----------
    columns : array (stocks, k), finite
    weights : array (stocks,), positive

    Returns
    -------
    array (stocks, rank)

    Raises
    ------
    ValueError
        When a value is not finite, a weight is not positive, or every column is zero.
    """
    if not np.isfinite(columns).all() or not (weights > 0).all():
        raise ValueError("a basis needs finite columns and positive weights")
    root = np.sqrt(weights)[:, None]
    scaled = root * columns
    norms = np.linalg.norm(scaled, axis=0)
    scaled = scaled[:, norms > 0] / norms[norms > 0]
    if scaled.shape[1] == 0:
        raise ValueError("a basis needs a column that is not zero")
    return _span(scaled) / root


def orthonormality_error(basis, weights):
    """Largest entry of ``|NᵀVN − I|``; NaN when a value or weight is missing.

    Parameters
    ----------
    basis : array (stocks, columns), N
    weights : array (stocks,), v
    """
    with np.errstate(
        invalid="ignore", over="ignore"
    ):  # infinities give NaN or infinity, no warning
        gram = basis.T @ (weights[:, None] * basis)
        return float(np.abs(gram - np.eye(gram.shape[0])).max(initial=0.0))


def least_squares_basis(columns):
    """Orthonormal basis Q of the span of [columns, 1]: the one factorization of a round.

    Parameters
    ----------
    columns : array (stocks, k), finite

    Returns
    -------
    array (stocks, rank)

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.neutralize, ``lstsq(rcond=1e-6)``. Singular values below 1e-6 of
    the largest count as zero, on the columns as given (not scaled), which is numpy's decision.
    """
    return _span(np.column_stack([columns, np.ones(len(columns))]))


def least_squares_residual(values, basis):
    """Residual ``x − Q (Qᵀ x)`` of each column on the basis Q of `least_squares_basis`; symmetric.

    Parameters
    ----------
    values : array (stocks, m)
    basis : array (stocks, rank)

    Returns
    -------
    array (stocks, m), the unit of the values.
    """
    return _without(values, basis, basis)


def centred_norms(values):
    """Norm of each column about its mean, (m,)."""
    return np.linalg.norm(values - values.mean(axis=0), axis=0)


def outside_span(residual_norms, norms):
    """Norms of residuals, NaN where what is left of the signal is rounding noise.

    A signal that is an exact combination of the neutralizers has no residual; 1e-16 of it remains, in a
    random direction, and numerai-tools scores that. Here such a signal has no neutral form.

    Parameters
    ----------
    residual_norms, norms : arrays (models,), of what is left and of what there was
    """
    return np.where(residual_norms > SPAN_TOLERANCE * norms, residual_norms, np.nan)


def _span(columns):
    left, singular, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, singular > RELATIVE_RANK_TOLERANCE * singular[0]]


def _without(values, basis, dual):
    """``x − B (Dᵀ x)``, written so that columns stay side by side in memory."""
    return (values.T - (values.T @ dual) @ basis.T).T
