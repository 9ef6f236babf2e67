"""Whether a portfolio is the optimum: the problem in unit rows, a solution, and its residual."""

from dataclasses import dataclass, fields

import numpy as np

from kardashev.portfolio.problem import unit_rows

RISK = "factor risk"  # names each row of it
ZERO, FREE, CAPPED = 0, 1, 2  # |state| of a stock; the sign is that of its weight


@dataclass(frozen=True)
class UnitProblem:
    """The problem over v = (γ + τ) w, with rows of unit norm and the risk factors as soft rows.

    A soft row stands for an exposure that costs instead of one that is limited: its multiplier λ has
    the linear term s λ beside the exposure, s its softness. All rows then go through one algebra.

    names : tuple of str (rows,)
    rows : array (rows, stocks); by_stock the same, (stocks, rows), contiguous
    lower, upper, softness : arrays (rows,); is_fixed bool (rows,), fixed or soft: λ of either sign
    caps : array (stocks,); gross : float
    norms : array (rows,), of the rows as they were given; curvature : float, γ + τ
    """

    names: tuple
    rows: np.ndarray
    by_stock: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    softness: np.ndarray
    is_fixed: np.ndarray
    caps: np.ndarray
    gross: float
    norms: np.ndarray
    curvature: float


def unit_problem(problem):
    """A `PortfolioProblem` as a `UnitProblem`."""
    stocks, curvature = problem.exposures.shape[1], problem.curvature
    risk = problem.risk_factors if problem.risk_factors is not None else np.zeros((0, stocks))
    risk = risk[np.abs(risk).max(axis=1, initial=0.0) > 0]
    rows, norms = unit_rows(np.vstack([problem.exposures, risk]))
    hard = len(problem.exposures)
    none = np.zeros(len(risk))
    return UnitProblem(
        names=problem.names + (RISK,) * len(risk),
        rows=rows,
        by_stock=np.ascontiguousarray(rows.T),
        lower=np.concatenate([problem.lower * curvature / norms[:hard], none]),
        upper=np.concatenate([problem.upper * curvature / norms[:hard], none]),
        softness=np.concatenate([np.zeros(hard), curvature / norms[hard:] ** 2]),
        is_fixed=np.concatenate([problem.lower == problem.upper, none == 0]),
        caps=np.minimum(problem.position_limits, problem.gross_limit) * curvature,
        gross=problem.gross_limit * curvature,
        norms=norms,
        curvature=curvature,
    )


@dataclass(frozen=True)
class Solutions:
    """Portfolios of several signals, one a draw, and why they are the optimum.

    weights : array (draws, stocks)
    states : int8 array (draws, stocks): 0 without weight, ±1 free, ±2 at its position limit
    multipliers : array (draws, rows), of unit rows; gross_multipliers (draws,); both in the signal's unit
    is_kept : bool array (draws, rows), the independent ones of the rows that bind or cost on free stocks
    is_gross_kept : bool array (draws,)
    residuals : array (draws,), see `natural_residual`
    iterations : int array (draws,)
    engines, statuses : str arrays (draws,)
    """

    weights: np.ndarray
    states: np.ndarray
    multipliers: np.ndarray
    gross_multipliers: np.ndarray
    is_kept: np.ndarray
    is_gross_kept: np.ndarray
    residuals: np.ndarray
    iterations: np.ndarray
    engines: np.ndarray
    statuses: np.ndarray

    def __len__(self):
        return len(self.weights)

    def replaced(self, draws, others):
        """These, with the given draws taken from other solutions."""
        columns = {}
        for field in fields(self):
            column = getattr(self, field.name).copy()
            column[draws] = getattr(others, field.name)
            columns[field.name] = column
        return Solutions(**columns)


def largest_terms(signals, v):
    """The unit in which a draw's gradient is judged: the largest of its signal and its v; 1 if both are 0.

    v has a part in it where limits force a portfolio on a signal that is next to nothing.
    """
    largest = np.maximum(
        np.abs(signals).max(axis=1, initial=0.0), np.abs(v).max(axis=1, initial=0.0)
    )
    return np.where(largest == 0, 1.0, largest)


def natural_residual(unit, signals, v, multipliers, gross_multipliers):
    """How far portfolios are from optimal, in no unit: 0 exactly at the optimum.

    The largest of: a step of the projected gradient on every weight, the same on every multiplier of a row
    (``y − clip(y + λ, lower, upper)``, y the exposure) and of the gross limit. Each is taken in units of
    its own: a weight over the gross limit, an exposure over the largest that the gross limit allows in its
    row, gradients and multipliers over the largest signal. So a limit is met or broken in the unit of
    weights, whatever the curvature, and a gradient is small or large beside the signal.

    Parameters
    ----------
    unit : UnitProblem
    signals : array (draws, stocks), pulled by a previous portfolio where there is one
    v : array (draws, stocks)
    multipliers : array (draws, rows)
    gross_multipliers : array (draws,)

    Returns
    -------
    array (draws,), NaN where anything is NaN

    Notes
    -----
    Source: the natural map, Facchinei and Pang 2003, Finite-Dimensional Variational Inequalities, 1.5; any
    positive step gives a map with the same zeros.
    """
    largest = largest_terms(signals, v)[:, None]
    threshold, prices = gross_multipliers[:, None] / largest, multipliers / largest
    weights = v / unit.gross
    moved = weights + (signals - multipliers @ unit.rows - v) / largest
    size = np.clip(np.abs(moved) - threshold, 0.0, unit.caps / unit.gross)
    reach = np.abs(unit.rows).max(axis=1, initial=0.0)
    reach[reach == 0] = 1.0
    is_soft = unit.softness > 0
    exposures = v @ unit.by_stock
    scale = unit.gross * reach
    wanted = exposures / scale + prices * reach
    outside = exposures / scale - np.clip(wanted, unit.lower / scale, unit.upper / scale)
    costs = exposures[:, is_soft] / unit.softness[is_soft] / largest - prices[:, is_soft]
    outside[:, is_soft] = costs * reach[is_soft]
    spare = 1.0 - np.abs(weights).sum(axis=1)
    return np.max(
        [
            np.abs(weights - np.copysign(size, moved)).max(axis=1, initial=0.0),
            np.abs(outside).max(axis=1, initial=0.0),
            np.abs(np.minimum(threshold[:, 0], spare)),
        ],
        axis=0,
    )
