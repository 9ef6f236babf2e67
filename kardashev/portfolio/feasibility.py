"""Which groups of limits conflict, when no portfolio meets them all."""

import numpy as np

from kardashev.errors import InfeasibleError, SolverError
from kardashev.portfolio.problem import GROSS, POSITION, unit_rows

VIOLATION_TOLERANCE = 1e-9  # of the limits, rows at unit norm, weights over the gross limit
DUAL_TOLERANCE = 1e-7  # a multiplier below it takes no part in the conflict


def check_feasible(problem):
    """Raises unless some portfolio meets every limit.

    No weights at all is such a portfolio wherever every row allows an exposure of zero, so the usual
    problem costs one comparison. Otherwise a linear program looks for the smallest sum of violations;
    rows with a multiplier in it are the conflict.

    Parameters
    ----------
    problem : PortfolioProblem

    Raises
    ------
    InfeasibleError
        Naming the limits that cannot hold together.
    SolverError
        When the linear program ends without an answer.
    """
    if ((problem.lower <= 0) & (problem.upper >= 0)).all():
        return
    rows, norms = unit_rows(problem.exposures)
    n, k = rows.shape[1], len(rows)
    lower, upper = (bound / norms / problem.gross_limit for bound in (problem.lower, problem.upper))
    has_upper, has_lower = np.isfinite(upper), np.isfinite(lower)
    signed, slack = np.hstack([rows, -rows]), np.eye(k)
    left = np.vstack(
        [
            np.hstack([signed[has_upper], -slack[has_upper]]),
            np.hstack([-signed[has_lower], -slack[has_lower]]),
            np.concatenate([np.ones(2 * n), np.zeros(k)])[None],
        ]
    )
    right = np.concatenate([upper[has_upper], -lower[has_lower], [1.0]])
    caps = np.tile(np.minimum(problem.position_limits / problem.gross_limit, 1.0), 2)
    bounds = np.column_stack([np.zeros(2 * n + k), np.concatenate([caps, np.full(k, np.inf)])])
    cost = np.concatenate([np.zeros(2 * n), np.ones(k)])
    from scipy.optimize import linprog  # slow to load, and rarely needed

    found = linprog(cost, A_ub=left, b_ub=right, bounds=bounds, method="highs")
    if found.status != 0:
        raise SolverError(f"whether the limits can be met is not known: {found.message}")
    if found.fun <= VIOLATION_TOLERANCE:
        return
    involved = np.abs(found.ineqlin.marginals) > DUAL_TOLERANCE
    of_row = np.concatenate([np.flatnonzero(has_upper), np.flatnonzero(has_lower)])
    groups = [problem.names[row] for row in np.unique(of_row[involved[:-1]])]
    groups += [GROSS] if involved[-1] else []
    groups += [POSITION] if (np.abs(found.upper.marginals[: 2 * n]) > DUAL_TOLERANCE).any() else []
    raise InfeasibleError(
        f"no portfolio meets every limit; in conflict: {', '.join(groups)}", tuple(groups)
    )
