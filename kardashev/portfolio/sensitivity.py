"""∂weights/∂signal at an optimum, in closed form on its active set.

On the free stocks F, with C the rows that bind there (and the signs of the weights where the gross limit
binds), S the softness of rows that cost instead of bind, γ the curvature::

    J = γ⁻¹ [I − Cᵀ (C Cᵀ + S)⁻¹ C]

and zero elsewhere. J is symmetric and positive semi-definite; without soft rows γJ is a projector; with
the factor risk R it equals H⁻¹ − H⁻¹Cᵀ(CH⁻¹Cᵀ)⁻¹CH⁻¹ on F, H = γI + RᵀR. It needs no solver: states of the
stocks, kept rows and the problem's rows say it all.
"""

import numpy as np
from scipy.linalg import LinAlgError, solve_triangular
from scipy.linalg.lapack import dpotrf, dpotrs, dpstrf

from kardashev.portfolio.optimality import FREE

ROW_RANK_TOLERANCE = 1e-12  # of a pivot of the unit-diagonal Gram matrix: 1e-6 of a row's length
SAME_ROW = 1e-13  # of a row's length: rounding
REFINEMENTS = 2  # of a solve with the normal equations, against the rows themselves


def diagonal_of(matrix):
    """The diagonal as a view that can be written to: a draw's matrices are small, and indices cost more."""
    return np.einsum("ii->i", matrix)


def independent_rows(columns, softness):
    """Which rows, given as columns on the free stocks, are independent: pivoted Cholesky of their Gram.

    Parameters
    ----------
    columns : array (free stocks, rows)
    softness : array (rows,)

    Returns
    -------
    int array, ascending places of the independent rows; a row without a free stock is none of them
    """
    gram = columns.T @ columns
    diagonal = diagonal_of(gram)
    diagonal += softness
    length = np.sqrt(diagonal)
    there = np.flatnonzero(length > 0)
    if not len(there):
        return there
    length = length[there]
    gram = gram[there[:, None], there] / length[:, None] / length
    _, pivots, rank, _ = dpstrf(gram, tol=ROW_RANK_TOLERANCE, lower=1)
    return np.sort(there[pivots[:rank] - 1])


def distances_from(kept, others):
    """How far rows are from the span of kept rows; below `SAME_ROW`, the kept rows imply them.

    Parameters
    ----------
    kept : tuple (columns, softness, factor), as from `kept_system`
    others : array (free stocks, rows), without softness, no column zero

    Returns
    -------
    array (rows,), relative to a row's length and to what it is a combination of

    Notes
    -----
    The normal equations give it to rounding times the condition of the kept rows. That is enough when it
    comes out as next to nothing; otherwise an orthogonal basis of the kept rows is made.
    """
    columns, softness, factor = kept
    others = others / np.linalg.norm(others, axis=0)
    hidden = np.diag(np.sqrt(softness))
    found = refined_solve(columns, softness, factor, columns.T @ others)
    left = np.vstack([others - columns @ found, hidden @ found])
    distances = np.linalg.norm(left, axis=0)
    if (distances <= SAME_ROW).all():
        return distances
    whole = np.vstack([columns, hidden])
    basis, triangle = np.linalg.qr(whole / np.linalg.norm(whole, axis=0))
    left = np.vstack([others, np.zeros((len(softness), others.shape[1]))])
    shares = basis.T @ left
    for _ in range(2):  # once more, against rounding
        left -= basis @ (basis.T @ left)
    multiples = np.linalg.norm(solve_triangular(triangle, shares), axis=0)
    return np.linalg.norm(left, axis=0) / (1 + multiples)


def free_columns(unit, states, rows, is_gross):
    """Free stocks, and on them rows as columns with their softness; the gross limit's row, signs, is last."""
    free = np.flatnonzero(np.abs(states) == FREE)
    columns, softness = unit.by_stock[free][:, rows], unit.softness[rows]
    if is_gross:
        columns = np.column_stack([columns, np.sign(states[free])])
        softness = np.append(softness, 0.0)
    return free, columns, softness


def kept_system(unit, states, rows, is_gross):
    """Kept rows on the free stocks, ready to be solved with.

    Parameters
    ----------
    unit : UnitProblem
    states : int8 array (stocks,)
    rows : int array, places of independent rows
    is_gross : bool, whether the signs of the weights are a row too

    Returns
    -------
    free : int array, places of the free stocks
    columns : array (free, rows [+ 1])
    softness : array (rows [+ 1],)
    factor : of ``columnsᵀ columns + diag(softness)``, for `refined_solve`
    """
    free, columns, softness = free_columns(unit, states, rows, is_gross)
    gram = columns.T @ columns
    diagonal = diagonal_of(gram)
    diagonal += softness
    return free, columns, softness, _cholesky(gram) if len(gram) else None


def _cholesky(gram):
    factor, failed = dpotrf(gram, lower=1)
    if failed:
        raise LinAlgError(f"kept rows are dependent: the Gram matrix breaks down at row {failed}")
    return factor


def refined_solve(columns, softness, factor, right):
    """Solves ``(CCᵀ + S) x = right`` with C as columns, refined against C itself.

    The Gram matrix has the square of the rows' condition; the refinements win back what that loses.

    Parameters
    ----------
    columns, softness, factor : as from `kept_system`
    right : array (rows,) or (rows, m)

    Returns
    -------
    array of the same shape
    """
    if factor is None:
        return np.zeros_like(right)
    softness = softness.reshape((-1,) + (1,) * (right.ndim - 1))
    x, _ = dpotrs(factor, right, lower=1)
    for _ in range(REFINEMENTS):
        error = right - columns.T @ (columns @ x) - softness * x
        x += dpotrs(factor, error, lower=1)[0]
    return x


def applied(unit, states, is_kept, is_gross_kept, vectors):
    """J times vectors, one draw: what a small change of the signal changes in the weights.

    Parameters
    ----------
    unit : UnitProblem, or what has its ``by_stock``, ``softness`` and ``curvature``
    states : int8 array (stocks,); is_kept bool array (rows,); is_gross_kept bool: of one draw's `Solutions`
    vectors : array (stocks, m)

    Returns
    -------
    array (stocks, m), zero on stocks that are not free
    """
    rows = np.flatnonzero(is_kept)
    free, columns, softness, factor = kept_system(unit, states, rows, is_gross_kept)
    here = vectors[free]
    solved = refined_solve(columns, softness, factor, columns.T @ here)
    result = np.zeros_like(vectors)
    result[free] = (here - columns @ solved) / unit.curvature
    return result
