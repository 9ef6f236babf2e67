"""The portfolio by Clarabel, made exact on its active set, and the slope of its return in every stake.

Over weights w, given the standardised meta model a::

    maximise    a·w − γ/2 ‖w‖²      γ = risk_aversion × stocks
    subject to  lower ≤ C w ≤ upper, |w_i| ≤ u_i, ‖w‖₁ ≤ L

Clarabel says which limits bind; on them the optimum is the solution of linear equations. It is taken for
the optimum only when it meets every limit and every multiplier has its sign: the conditions of optimality
of a strictly convex problem, which one portfolio alone meets.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import qr

from kardashev.inspection.audit import plain
from kardashev.inspection.audit.rules import PORTFOLIO_FACTORS

META_MODEL = "SWMM"  # that the portfolio is made from
TIGHT = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), 1e-12)
BINDS = 1e-7  # of weights and multipliers: what Clarabel leaves closer to a limit stands at it, to begin with
SLACK = 1e-10  # by which rounding may miss a limit or a sign
STEPS = 200
RANK = 1e-10  # of rows that are fixed: what is left of a smaller share follows from the others


class NoPortfolioError(Exception):
    """There is no portfolio, or none can be computed; the message says why."""


@dataclass
class Problem:
    """Rows with their limits, limits of weights, of ‖w‖₁, and the curvature γ."""

    names: list
    rows: np.ndarray
    limits: np.ndarray
    caps: np.ndarray
    gross: float
    curvature: float


@dataclass
class ActiveSet:
    """Which limits bind: signs of free stocks, signs of capped ones, signs of rows, and ‖w‖₁."""

    free: np.ndarray
    capped: np.ndarray
    rows: np.ndarray
    is_gross: bool

    def key(self):
        """What tells it from another set."""
        return self.free.tobytes(), self.capped.tobytes(), self.rows.tobytes(), self.is_gross


def problem(landed):
    """The problem of a round, from its landed universe and factors and its limits.

    Raises
    ------
    NoPortfolioError
        When a limit that is needed is missing, or every stock lacks a factor.
    """
    universe, limits = landed.universe, landed.rules.limits()
    if not limits:
        raise NoPortfolioError("the round has no portfolio limits")
    if (
        "turnover_aversion" in limits
        or limits.get("gross") is None
        or limits.get("risk_aversion") is None
    ):
        raise NoPortfolioError("limits that the audit does not know, or none where one is needed")
    factors = landed.factors[landed.rules.factors(PORTFOLIO_FACTORS, list(landed.factors))]
    rows = {"dollar": np.ones(len(universe))}
    for group in ("country", "sector"):
        members = universe[group].astype(object).where(universe[group].notna(), None)
        rows |= {f"{group}:{name}": (members == name).to_numpy() * 1.0 for name in members.unique()}
    for name in factors:
        known = factors[name].dropna()
        column = plain.gaussian(known.to_frame())[name]
        rows[f"factor:{name}"] = column.reindex(universe.index).to_numpy()
    bounds = {name: limits.get(name, limits.get(name.split(":")[0])) for name in rows}
    names = [name for name, limit in bounds.items() if limit is not None]
    matrix = np.array([rows[name] for name in names]).reshape(len(names), len(universe))
    is_known = ~np.isnan(matrix).any(axis=0)
    if not is_known.any():
        raise NoPortfolioError("every stock lacks a factor with a limit")
    v = universe["sample_weight"].to_numpy()
    caps = np.full(len(v), limits.get("position") or limits["gross"])
    if limits.get("position_by_weight") is not None:
        caps = np.minimum(caps, limits["position_by_weight"] * v / v.sum())
    return Problem(
        names=names,
        rows=np.where(is_known, matrix, 0.0),
        limits=np.array([bounds[name] for name in names], dtype=float),
        caps=np.where(is_known, np.minimum(caps, limits["gross"]), 0.0),
        gross=limits["gross"],
        curvature=limits["risk_aversion"] * len(universe),
    )


def standardized(meta_model):
    """a, the meta model centred over its standard deviation (ddof 0), and that deviation."""
    values = meta_model.to_numpy()
    deviation = values.std()
    if not deviation > 0:
        raise NoPortfolioError("the meta model is the same on every stock")
    return (values - values.mean()) / deviation, deviation


def solved(stated, signal):
    """The optimal weights, and the limits that bind there; by Clarabel alone where no exact set is found.

    Returns
    -------
    weights : array (stocks,)
    active : ActiveSet, or None

    Raises
    ------
    NoPortfolioError
        When Clarabel finds none, or cvxpy is not there.
    """
    weights = _by_clarabel(stated, signal)
    size, gap = np.abs(weights), BINDS
    is_capped = (size >= stated.caps - gap) & (stated.caps > gap)
    exposures = stated.rows @ weights
    at = (np.abs(exposures) >= stated.limits - gap) * np.sign(exposures)
    active = ActiveSet(
        free=np.where((size > gap) & ~is_capped, np.sign(weights), 0),
        capped=np.where(is_capped, np.sign(weights), 0),
        rows=np.where(stated.limits > 0, at, 1),
        is_gross=bool(size.sum() >= stated.gross - gap),
    )
    seen, is_cautious = set(), False
    for _ in range(STEPS):
        exact, multipliers, price = _on(stated, signal, active)
        wrong = _violations(stated, signal, active, exact, multipliers, price)
        if not any(np.any(sizes > 0) for sizes in wrong.values()):
            return exact, active
        is_cautious |= active.key() in seen
        seen.add(active.key())
        pulled = np.sign(signal - multipliers @ stated.rows)
        _correct(active, wrong, is_cautious, pulled, stated, exact)
    return weights, None


def slope(stated, active, returns):
    """J r: how much the portfolio's return gains as each stock's signal grows, array (stocks,)."""
    free = np.flatnonzero(active.free)
    basis = _binding(stated, active, free)[0]
    along = returns[free] - np.linalg.pinv(basis, rcond=RANK) @ (basis @ returns[free])
    found = np.zeros(len(returns))
    found[free] = along / stated.curvature
    return found


def undropped_contribution(stated, active, landed, meta_model, at_risk, returns):
    """∂return/∂stake of every model, by the chain rule over a portfolio's active set.

    Parameters
    ----------
    returns : pandas.Series by stock; a stock without one counts as unchanged

    Returns
    -------
    pandas.Series by model, return per NMR
    """
    signal, deviation = standardized(meta_model)
    r = returns.reindex(meta_model.index).fillna(0.0).to_numpy()
    pushed = slope(stated, active, r)
    pushed = pushed - pushed.mean() - signal * (signal @ pushed) / len(signal)
    return landed.gaussian.T @ pd.Series(pushed / (deviation * at_risk.sum()), meta_model.index)


def _by_clarabel(stated, signal):
    try:
        import cvxpy as cp
    except ImportError as error:
        raise NoPortfolioError("cvxpy is not installed") from error
    w = cp.Variable(len(signal))
    fixed = stated.limits == 0
    constraints = [w <= stated.caps, w >= -stated.caps, cp.norm1(w) <= stated.gross]
    if fixed.any():
        constraints.append(_independent(stated.rows[fixed]) @ w == 0)
    if (~fixed).any():
        constraints.append(cp.abs(stated.rows[~fixed] @ w) <= stated.limits[~fixed])
    objective = cp.Maximize(signal @ w - stated.curvature / 2 * cp.sum_squares(w))
    try:
        cp.Problem(objective, constraints).solve(solver=cp.CLARABEL, **TIGHT)
    except cp.SolverError as error:
        raise NoPortfolioError(f"Clarabel: {error}") from error
    if w.value is None:
        raise NoPortfolioError("Clarabel finds no portfolio")
    return w.value


def _independent(rows):
    """Rows that span the others: the dollar is the sum of the sectors, say."""
    _, triangle, order = qr(rows.T, mode="economic", pivoting=True)
    sizes = np.abs(np.diag(triangle))
    return rows[order[: int((sizes > RANK * sizes[0]).sum())]]


def _binding(stated, active, free):
    """The rows that bind on the free stocks, and what is left for these of the limits."""
    bound = np.flatnonzero(active.rows)
    held = active.capped * stated.caps
    rows = stated.rows[bound][:, free]
    left = active.rows[bound] * stated.limits[bound] - stated.rows[bound] @ held
    if active.is_gross:
        rows = np.vstack([rows, active.free[free]])
        left = np.append(left, stated.gross - np.abs(held).sum())
    return rows, left


def _on(stated, signal, active):
    """Weights on an active set, the multipliers of all rows, and the price of ‖w‖₁."""
    free = np.flatnonzero(active.free)
    rows, left = _binding(stated, active, free)
    target = signal[free] / stated.curvature
    inverse = np.linalg.pinv(rows, rcond=RANK)
    found = target - inverse @ (rows @ target - left)
    prices = inverse.T @ (signal[free] - stated.curvature * found)
    weights = active.capped * stated.caps
    weights[free] = found
    multipliers = np.zeros(len(stated.names))
    bound = np.flatnonzero(active.rows)
    multipliers[bound] = prices[: len(bound)]
    return weights, multipliers, prices[-1] if active.is_gross else 0.0


def _violations(stated, signal, active, weights, multipliers, price):
    """By how much a solution breaks each limit or sign, in the signal's unit; 0 where by rounding alone."""
    pull, exposures = signal - multipliers @ stated.rows, stated.rows @ weights
    free, capped = active.free != 0, active.capped != 0
    is_held, is_loosable = free | capped, (stated.limits > 0) & (active.rows != 0)
    size, scale = np.abs(weights), stated.curvature
    gross = size.sum() - stated.gross
    wrong = {
        "out": ~is_held * (stated.caps > 0) * (np.abs(pull) - price),
        "turned": free * -(weights * active.free) * scale,
        "over": free * (size - stated.caps) * scale,
        "freed": capped * (price + scale * stated.caps - active.capped * pull),
        "loose": is_loosable * -(multipliers * active.rows),
        "broken": (active.rows == 0) * (np.abs(exposures) - stated.limits) * scale,
        "drops": np.array([-price if active.is_gross else 0.0]),
        "adds": np.array([0.0 if active.is_gross else gross * scale]),
    }
    return {name: np.where(sizes > SLACK, sizes, 0.0) for name, sizes in wrong.items()}


def _correct(active, wrong, is_cautious, pulled, stated, weights):
    """Corrects an active set where its solution is wrong; only where most, once sets have come again."""
    if is_cautious:
        worst = max(sizes.max() for sizes in wrong.values())
        wrong = {name: np.where(sizes == worst, sizes, 0.0) for name, sizes in wrong.items()}
    mask = {name: sizes > 0 for name, sizes in wrong.items()}
    active.free[mask["out"]] = pulled[mask["out"]]
    active.free[mask["freed"]] = active.capped[mask["freed"]]
    active.capped[mask["freed"]] = 0
    over = mask["over"] & ~mask["turned"]
    active.capped[over] = active.free[over]
    active.free[over | mask["turned"]] = 0
    active.rows[mask["loose"]] = 0
    active.rows[mask["broken"]] = np.sign(stated.rows @ weights)[mask["broken"]]
    active.is_gross = bool((active.is_gross or mask["adds"][0]) and not mask["drops"][0])
