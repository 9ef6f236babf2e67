"""The house's portfolio problem by Clarabel, from landed files and what the portfolio is made from."""

import cvxpy as cp
import numpy as np
import pandas as pd
import tournament
from scipy.stats import norm

LIMIT, CAP, MULTIPLE, CURVATURE = 0.05, 0.05, 50, 0.02  # of the house, as the seeds have them
FACTORS = ["beta", "feature_reversal", "feature_volume", "size"]


def exposures(number):
    raw = tournament.factors(number).set_index(tournament.stock_ids(number))[FACTORS]
    return raw.apply(lambda s: norm.ppf((s.rank() - 0.5) / len(s))).sort_index()


def clarabels(number, meta_model):
    """Weights by stock for a meta model (a Series by stock), the objective's value, and the objective."""
    signal = meta_model.sort_index()
    signal = (signal - signal.mean()) / signal.std(ddof=0)
    n = len(signal)
    by_id = pd.Series(tournament.sample_weights(number), tournament.stock_ids(number))
    v = by_id.sort_index().to_numpy()
    w = cp.Variable(n)
    objective = signal.to_numpy() @ w - CURVATURE * n / 2 * cp.sum_squares(w)
    constraints = [
        cp.sum(w) == 0,
        cp.abs(exposures(number).to_numpy().T @ w) <= LIMIT,
        cp.abs(w) <= np.minimum(CAP, MULTIPLE * v / v.sum()),
        cp.norm1(w) <= 1,
    ]
    problem = cp.Problem(cp.Maximize(objective), constraints)
    tight = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), 1e-12)
    problem.solve(solver=cp.CLARABEL, **tight)

    def gain(weights):
        return signal @ weights - CURVATURE * n / 2 * (weights**2).sum()

    return pd.Series(w.value, signal.index), problem.value, gain
