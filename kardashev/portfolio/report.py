"""What a portfolio holds and which of its limits bind, in the units of the problem."""

from dataclasses import dataclass

import numpy as np

from kardashev.portfolio.optimality import CAPPED
from kardashev.portfolio.problem import GROSS, POSITION, unit_rows

HELD = 1e-9  # of the gross limit: a smaller weight is none
BINDING = 1e-8  # of the largest signal: a smaller dual is none


@dataclass(frozen=True)
class ExposureReport:
    """Rows of the problem, then ``gross`` and ``position``; arrays (constraints,).

    names : tuple of str
    exposures : Σ exposure · weight; ‖w‖₁; the largest share of its position limit that a stock uses
    lower, upper : limits of the exposure, −inf or inf where there is none
    is_binding : whether a small change of the limit would change the portfolio; a neutral row binds always
    duals : what the objective would gain from a limit wider by one unit; of an upper limit positive, of a
        lower one negative, of a neutral row either
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
    duals = multipliers / unit_rows(problem.exposures)[1]
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


def _gradient(problem, signal, weights, duals):
    """Of the objective less what the rows cost, stock by stock, in the signal's unit."""
    gradient = problem.pulled(signal) - problem.curvature * weights - duals @ problem.exposures
    if problem.risk_factors is not None:
        gradient -= problem.risk_factors.T @ (problem.risk_factors @ weights)
    return gradient
