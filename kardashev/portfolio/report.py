"""What a portfolio holds and which of its limits bind, in the units of the problem.

A dual is the price of a limit: small changes of limits gain the objective Σ dual · change, made together so
that some portfolio still meets them all. Where neutral rows imply each other (the dollar is the sum of the
countries, and of the sectors) many duals say the same; the least ones, by their sum of squares, are given.
Such a row alone has no price: it cannot be moved without the others, and widened alone it gains nothing.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space, orth

from kardashev.portfolio.optimality import CAPPED
from kardashev.portfolio.problem import GROSS, POSITION, unit_rows

HELD = 1e-9  # of the gross limit: a smaller weight is none
BINDING = 1e-8  # of the largest signal: a smaller dual is none
REDUNDANT = 1e-12  # of unit rows, a singular value: a smaller one is rounding


@dataclass(frozen=True)
class ExposureReport:
    """Rows of the problem, then ``gross`` and ``position``; arrays (constraints,).

    names : tuple of str
    exposures : Σ exposure · weight; ‖w‖₁; the largest share of its position limit that a stock uses
    lower, upper : limits of the exposure, −inf or inf where there is none
    is_binding : whether the portfolio stands at the limit and is held back by it; a fixed row binds always
    duals : see above; of an upper limit positive, of a lower one negative, of a fixed row either; of
        ``position``, what all its limits together would gain if each grew by its own size
    held : int, stocks with a weight
    """

    names: tuple
    exposures: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    is_binding: np.ndarray
    duals: np.ndarray
    held: int


def exposure_report(problem, signal, solutions, draw=0):
    """Exposures, limits and duals of one draw's portfolio.

    Parameters
    ----------
    problem : PortfolioProblem
    signal : array (stocks,), what the draw was solved for
    solutions : Solutions
    draw : int

    Returns
    -------
    ExposureReport
    """
    weights, rows = solutions.weights[draw], len(problem.names)
    multipliers = solutions.multipliers[draw, :rows]
    duals = _least_duals(problem, multipliers)
    gross_dual = solutions.gross_multipliers[draw]
    limits = np.minimum(problem.position_limits, problem.gross_limit)
    used = np.divide(np.abs(weights), limits, out=np.zeros(len(limits)), where=limits > 0)
    pressure = np.sign(weights) * _gradient(problem, signal, weights, duals) - gross_dual
    pressure = np.maximum(pressure, 0.0) * (np.abs(solutions.states[draw]) == CAPPED)
    threshold = BINDING * np.abs(signal).max()
    is_fixed = problem.lower == problem.upper
    return ExposureReport(
        names=(*problem.names, GROSS, POSITION),
        exposures=np.concatenate(
            [problem.exposures @ weights, [np.abs(weights).sum(), used.max(initial=0.0)]]
        ),
        lower=np.concatenate([problem.lower, [-np.inf, -np.inf]]),
        upper=np.concatenate([problem.upper, [problem.gross_limit, 1.0]]),
        is_binding=np.concatenate(
            [
                is_fixed | (np.abs(multipliers) > threshold),
                [gross_dual > threshold, (pressure > threshold).any()],
            ]
        ),
        duals=np.concatenate([duals, [gross_dual, limits @ pressure]]),
        held=int((np.abs(weights) > HELD * problem.gross_limit).sum()),
    )


def _least_duals(problem, multipliers):
    """Duals of the rows as they are given; of fixed rows that imply each other, the least of all."""
    rows, norms = unit_rows(problem.exposures)
    duals = multipliers / norms
    fixed = np.flatnonzero(problem.lower == problem.upper)
    if len(fixed):
        triangle = np.linalg.qr(rows[fixed].T, mode="r")
        without_effect = orth(null_space(triangle, rcond=REDUNDANT) / norms[fixed, None])
        duals[fixed] -= without_effect @ (without_effect.T @ duals[fixed])
    return duals


def _gradient(problem, signal, weights, duals):
    """Of the objective less what the rows cost, stock by stock, in the signal's unit."""
    gradient = problem.pulled(signal) - problem.curvature * weights - duals @ problem.exposures
    if problem.risk_factors is not None:
        gradient -= problem.risk_factors.T @ (problem.risk_factors @ weights)
    return gradient
