"""Portfolio problems to test with, and a plain reference that shares no code with the engines."""

import cvxpy as cp
import numpy as np

from kardashev.portfolio.problem import neutral_problem

NEAR = 1e-6  # relative: how near zero or a limit a weight of Clarabel counts as there
CLARABEL = {"tol_gap_abs": 1e-12, "tol_gap_rel": 1e-12, "tol_feas": 1e-12, "max_iter": 200}
SIZES = {60: (3, 4, 3), 500: (6, 8, 10), 2000: (12, 10, 20)}  # countries, sectors, factors
LIMITS = {
    "dollar": 0,
    "country": 0,
    "sector": 0,
    "factor": 0.02,
    "position_by_weight": 40,
    "gross": 1.0,
    "risk_aversion": 0.02,
}


def drawn_problem(stocks, seed=0, limits=None, **optional):
    """A universe with countries, sectors and factors, under limits of every kind."""
    rng = np.random.default_rng(seed)
    countries, sectors, factors = SIZES[stocks]
    held = LIMITS | {"position": 5 / np.sqrt(stocks) / 10} | (limits or {})
    return neutral_problem(
        rng.choice([f"C{i}" for i in range(countries)], stocks),
        rng.choice([f"S{i}" for i in range(sectors)], stocks),
        rng.normal(size=(stocks, factors)),
        [f"f{i}" for i in range(factors)],
        np.exp(rng.normal(size=stocks)),
        held,
        **optional,
    )


def drawn_models(stocks, models, seed=0):
    """Prepared signals (stocks, models) that share something, and stakes, the last two of them zero."""
    rng = np.random.default_rng(seed + 1)
    signals = rng.normal(size=(stocks, models)) + rng.normal(size=(stocks, 1))
    stakes = rng.exponential(size=models) * (np.arange(models) < models - 2)
    return (signals - signals.mean(axis=0)) / signals.std(axis=0), stakes


def unequal_stakes(models):
    """One holds half of them all, the smallest a thousandth."""
    stakes = np.geomspace(1.0, 0.01, models)
    stakes[0] = stakes[1:].sum()
    return stakes


def drawn_followers(stocks, models, followers):
    """A problem, signals and `unequal_stakes` of all models but the last two.

    Followers submit a factor that the limits hold near zero: slopes of a fund of theirs alone are huge.
    """
    problem, (signals, stakes) = drawn_problem(stocks), drawn_models(stocks, models)
    stakes[: models - 2] = unequal_stakes(models - 2)
    factors = problem.exposures[[name.startswith("factor:") for name in problem.names]]
    signals[:, 3 : 3 + followers] = standardized(factors[:followers]).T
    return problem, signals, stakes


def standardized(values):
    """Along the stocks, which come last."""
    centred = values - values.mean(axis=-1, keepdims=True)
    return centred / centred.std(axis=-1, keepdims=True)


def objective(problem, signal, weights):
    value = signal @ weights - problem.risk_aversion / 2 * weights @ weights
    if problem.risk_factors is not None:
        value -= ((problem.risk_factors @ weights) ** 2).sum() / 2
    if problem.turnover_aversion:
        value -= problem.turnover_aversion / 2 * ((weights - problem.previous) ** 2).sum()
    return value


class Reference:
    """Clarabel on the problem as it reads, then one dense solve of the KKT equations on its active set.

    Weights and multipliers are certified by every KKT condition, and no worse than Clarabel's; the adjoint
    is the same dense system.
    """

    def __init__(self, problem):
        self.problem = problem
        stocks = problem.exposures.shape[1]
        self.signal, self.weights = cp.Parameter(stocks), cp.Variable(stocks)
        w = self.weights
        self.risk = problem.risk_factors
        if self.risk is None:
            self.risk = np.zeros((0, stocks))
        cost = problem.risk_aversion / 2 * cp.sum_squares(w) + cp.sum_squares(self.risk @ w) / 2
        if problem.turnover_aversion:
            cost += problem.turnover_aversion / 2 * cp.sum_squares(w - problem.previous)
        fixed = problem.lower == problem.upper
        self.fixed, self.limited = np.flatnonzero(fixed), np.flatnonzero(~fixed)
        rows, limited = problem.exposures[fixed], problem.exposures[~fixed]
        self.caps = np.minimum(problem.position_limits, problem.gross_limit)
        self.constraints = [
            cp.norm1(w) <= problem.gross_limit,
            rows @ w == problem.lower[fixed],
            limited @ w <= problem.upper[~fixed],
            limited @ w >= problem.lower[~fixed],
            w <= self.caps,
            w >= -self.caps,
        ]
        self.stated = cp.Problem(cp.Maximize(self.signal @ w - cost), self.constraints)

    def clarabel(self, signal):
        self.signal.value = signal
        self.stated.solve(solver=cp.CLARABEL, **CLARABEL)
        return self.weights.value

    def solve(self, signal):
        """Optimal weights to rounding."""
        return self._solved(signal)[0]

    def moved(self, signal, vector):
        """∂(weights · vector)/∂signal, by the KKT equations themselves."""
        _, free, system = self._solved(signal)
        right = np.concatenate([vector[free], np.zeros(len(system) - len(free))])
        result = np.zeros(len(vector))
        result[free] = refined(system, right)[: len(free)]
        return result

    def _solved(self, signal):
        problem, risk, w = self.problem, self.risk, self.clarabel(signal)
        size, scale = np.abs(w), np.abs(w).max()
        capped = size >= self.caps - NEAR * scale
        is_free = (size > NEAR * scale) & ~capped
        free, sign = np.flatnonzero(is_free), np.sign(w) * (size > NEAR * scale)
        near = w[free]
        w = np.where(capped, sign * self.caps, 0.0)
        gross, equal, above, below, *_ = (constraint.dual_value for constraint in self.constraints)
        binding = np.concatenate([self.fixed, self.limited[(above > NEAR) | (below > NEAR)]])
        prices = np.zeros(len(problem.names))
        prices[self.fixed], prices[self.limited] = equal, above - below
        bound = np.where(prices > 0, problem.upper, problem.lower)[binding]
        rows, duals = problem.exposures[binding], prices[binding]
        if gross > NEAR:
            rows, duals = np.vstack([rows, sign]), np.append(duals, gross)
            bound = np.append(bound, problem.gross_limit)
        pulled = signal + (
            problem.turnover_aversion * problem.previous if problem.turnover_aversion else 0.0
        )
        curvature = problem.risk_aversion + problem.turnover_aversion
        inner = rows[:, free]
        hessian = curvature * np.eye(len(free)) + risk[:, free].T @ risk[:, free]
        system = np.block([[hessian, inner.T], [inner, np.zeros((len(rows), len(rows)))]])
        right = np.concatenate([(pulled - risk.T @ (risk @ w))[free], bound - rows @ w])
        found = np.concatenate([near, duals])
        found += refined(system, right - system @ found)
        w[free] = found[: len(free)]
        prices = np.zeros(len(problem.names))
        prices[binding] = found[len(free) :][: len(binding)]
        threshold = found[-1] if gross > NEAR else 0.0
        gradient = pulled - curvature * w - risk.T @ (risk @ w) - prices @ problem.exposures
        self.certify(signal, w, prices, threshold, gradient, is_free, capped, sign)
        return w, free, system

    def certify(self, signal, w, prices, threshold, gradient, is_free, capped, sign):
        """Asserts that weights are feasible, multipliers stationary and of the right sign, to rounding."""
        problem, exposures = self.problem, self.problem.exposures @ w
        violations = [exposures - problem.upper, problem.lower - exposures, np.abs(w) - self.caps]
        violations.append([np.abs(w).sum() - problem.gross_limit])
        assert np.concatenate(violations).max() <= 1e-13
        unit = 1e-11 * np.abs(signal).max()
        assert np.abs(gradient - threshold * sign)[is_free].max(initial=0.0) <= unit
        assert (np.abs(gradient) - threshold)[~is_free & ~capped].max(initial=0.0) <= unit
        assert (threshold - sign * gradient)[capped].max(initial=0.0) <= unit
        assert threshold >= 0
        assert (exposures - problem.upper)[prices > unit].min(initial=0.0) >= -1e-13
        assert (problem.lower - exposures)[prices < -unit].min(initial=0.0) >= -1e-13
        assert np.abs(w - self.weights.value).max() <= 1e-6
        known = objective(problem, signal, self.weights.value)
        assert objective(problem, signal, w) >= known - 1e-11 * abs(known)


def refined(system, right):
    """The least solution of a system that may be redundant, with one step against rounding."""
    found = np.linalg.lstsq(system, right, rcond=1e-13)[0]
    return found + np.linalg.lstsq(system, right - system @ found, rcond=1e-13)[0]
