"""Least squares on a rank-safe factorization, the v-weighted projection, orthonormal bases."""

import numpy as np

RELATIVE_RANK_TOLERANCE = 1e-6  # numerai-tools 0.7.2 scoring.neutralize: lstsq(rcond=1e-6)


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
    return signals - basis @ (basis.T @ (weights[:, None] * signals))


def neutral_weights(signals, basis, weights):
    """Portfolio weights ``(s − N (Nᵀ (v · s))) · v`` of powered signals.

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
    left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
    rank = int((singular > RELATIVE_RANK_TOLERANCE * singular[0]).sum())
    return left[:, :rank] / root


def orthonormality_error(basis, weights):
    """Largest entry of ``|NᵀVN − I|``; NaN when a value or weight is missing.

    Parameters
    ----------
    basis : array (stocks, columns), N
    weights : array (stocks,), v
    """
    gram = basis.T @ (weights[:, None] * basis)
    return float(np.abs(gram - np.eye(gram.shape[0])).max(initial=0.0))


def least_squares_residual(values, columns):
    """Residual of ``values`` on [columns, 1] by unweighted least squares, rcond 1e-6.

    Parameters
    ----------
    values : array (stocks, m)
    columns : array (stocks, k)

    Returns
    -------
    array (stocks, m)

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.neutralize. Singular values below 1e-6 of the largest count as
    zero, on the columns as given (not scaled), which is numpy's and numerai-tools' decision.
    """
    design = np.column_stack([columns, np.ones(len(columns))])
    left, singular, _ = np.linalg.svd(design, full_matrices=False)
    left = left[:, singular > RELATIVE_RANK_TOLERANCE * singular[0]]
    return values - left @ (left.T @ values)
