"""Portfolios of several signals, by one of two engines behind one interface.

``newton``  ours: `kardashev.portfolio.newton`, polished and checked
``diffcp``  the reference: the stock layer (SCS, then least squares on the cone program), as well set up as
            it can be: rows of unit norm, weights scaled, tight tolerances

A draw that fails newton's checks is solved by diffcp, and its engine says so; one that fails there too is
an error.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from kardashev.errors import InvalidProblemError, InvalidSignalError
from kardashev.portfolio.active_set import SOLVED, polished
from kardashev.portfolio.feasibility import check_feasible
from kardashev.portfolio.newton import ITERATION_LIMIT, dual_minimum
from kardashev.portfolio.optimality import unit_problem
from kardashev.portfolio.sensitivity import applied

NEWTON, DIFFCP = "newton", "diffcp"
ENGINES = (NEWTON, DIFFCP)
FALLBACK = "fallback"  # status of a draw that the reference had to solve


def solve(problem, signals, engine=NEWTON, start=None, iteration_limit=ITERATION_LIMIT):
    """Portfolios of several signals under the same limits.

    Parameters
    ----------
    problem : PortfolioProblem
    signals : array (draws, stocks)
    engine : {"newton", "diffcp"}
    start : pair (multipliers (rows,), gross multiplier) of a `Solutions` near these, or (draws, rows) and
        (draws,) of one near each, for newton
    iteration_limit : int, of newton

    Returns
    -------
    Solutions
        ``engines`` says for each draw which one solved it; where it is not the one asked for, ``statuses``
        has `FALLBACK`.

    Raises
    ------
    InvalidSignalError, InfeasibleError, InvalidProblemError
        Before anything is solved.
    DependentLimitsError
        When limits that bind are next to dependent, but not dependent.
    SolverError
        When the reference's portfolio is refused too, with its residual.

    Notes
    -----
    Memory: draws × (rows² + some ten times stocks) numbers, 80 MB for 100 draws, 200 rows, 5,000 stocks.
    """
    check_engine(engine)
    stocks = problem.exposures.shape[1]
    if signals.ndim != 2 or signals.shape[1] != stocks:
        raise InvalidSignalError(f"signals have shape {signals.shape}, not (draws, {stocks})")
    if not len(signals):
        raise InvalidSignalError("there is no signal to solve for: no draw")
    if not np.isfinite(signals).all():
        raise InvalidSignalError("a signal is NaN or infinite")
    check_feasible(problem)
    with threadpool_limits(1, user_api="blas"):
        if engine == DIFFCP:
            return _by_reference(problem, signals)
        unit, pulled = unit_problem(problem), problem.pulled(signals)
        points, iterations = dual_minimum(unit, pulled, start, iteration_limit)
        found = polished(unit, pulled, points, iterations, NEWTON)
        failed = np.flatnonzero(found.statuses != SOLVED)
        if len(failed):
            found = found.replaced(failed, _by_reference(problem, signals[failed], FALLBACK))
        return found


def sensitivities(problem, solutions, vectors):
    """J times a vector for each draw: ∂(weights · vector)/∂signal.

    Parameters
    ----------
    problem : PortfolioProblem
    solutions : Solutions
    vectors : array (draws, stocks)

    Returns
    -------
    array (draws, stocks), the vectors' unit over the signal's unit
    """
    unit, results = unit_problem(problem), np.empty(vectors.shape)
    with threadpool_limits(1, user_api="blas"):
        for draw, vector in enumerate(vectors):
            results[draw] = applied(
                unit,
                solutions.states[draw],
                solutions.is_kept[draw],
                solutions.is_gross_kept[draw],
                vector[:, None],
            )[:, 0]
    return results


def check_engine(engine):
    """Raises `InvalidProblemError` for an engine that is not one of `ENGINES`."""
    if engine not in ENGINES:
        raise InvalidProblemError(f"no engine {engine!r}: one of {', '.join(ENGINES)}")


def _by_reference(problem, signals, status=SOLVED):
    """Torch and cvxpy are loaded for the reference alone: newton needs neither."""
    from kardashev.portfolio.layer import reference_solutions

    return reference_solutions(problem, signals, status)
