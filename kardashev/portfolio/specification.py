"""The portfolio problem as cvxpy states it: what engines are held to, and the layer differentiates."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from kardashev.errors import InvalidProblemError
from kardashev.portfolio.problem import unit_rows


@dataclass(frozen=True)
class Specification:
    """The cvxpy problem in scaled weights x = √stocks · w, rows of unit norm; its parameter is a.

    Both scalings are for first-order solvers: without them their gradients are off by percents. Dual
    variables are then the multipliers of unit rows, in the signal's unit.

    gross : the constraint on ‖x‖₁
    rows : tuple of (constraint, places of its rows in the problem, sign of their multipliers)
    """

    problem: cp.Problem
    signal: cp.Parameter
    scaled_weights: cp.Variable
    scale: float
    gross: cp.Constraint
    rows: tuple


def specification(problem):
    """The problem as cvxpy states it: the definition that every engine is held to.

    Parameters
    ----------
    problem : PortfolioProblem

    Returns
    -------
    Specification

    Raises
    ------
    InvalidProblemError
        When the result is no disciplined parametrised program, so that no layer could differentiate it.

    Notes
    -----
    The objective is multiplied by √stocks, which changes no optimum. Source: disciplined parametrised
    programming, Agrawal et al. 2019, Differentiable Convex Optimization Layers.
    """
    stocks = problem.exposures.shape[1]
    scale = np.sqrt(stocks)
    signal, x = cp.Parameter(stocks, name="signal"), cp.Variable(stocks, name="scaled_weights")
    cost = problem.curvature / (2 * scale) * cp.sum_squares(x)
    if problem.risk_factors is not None:
        cost += cp.sum_squares(problem.risk_factors / np.sqrt(2 * scale) @ x)
    if problem.turnover_aversion:
        cost -= (problem.turnover_aversion * problem.previous) @ x
    rows, norms = unit_rows(problem.exposures)
    lower, upper = problem.lower * scale / norms, problem.upper * scale / norms
    caps = np.minimum(problem.position_limits, problem.gross_limit) * scale
    gross = cp.norm1(x) <= problem.gross_limit * scale
    fixed = problem.lower == problem.upper
    above, below = ~fixed & np.isfinite(upper), ~fixed & np.isfinite(lower)
    stated_rows = (
        (rows[fixed] @ x == upper[fixed], np.flatnonzero(fixed), 1.0),
        (rows[above] @ x <= upper[above], np.flatnonzero(above), 1.0),
        (rows[below] @ x >= lower[below], np.flatnonzero(below), -1.0),
    )
    stated_rows = tuple(block for block in stated_rows if len(block[1]))
    constraints = [x <= caps, x >= -caps, gross, *(constraint for constraint, *_ in stated_rows)]
    stated = cp.Problem(cp.Maximize(signal @ x - cost), constraints)
    if not stated.is_dcp(dpp=True):
        raise InvalidProblemError("the problem is not a disciplined parametrised program")
    return Specification(stated, signal, x, scale, gross, stated_rows)
