"""The fast engine: a semismooth Newton method on the dual, many draws in lock-step.

The Hessian of the dual is the Gram matrix of the active rows on the free stocks (neither without weight
nor capped), a few hundred of them; from one iteration to the next it changes by the stocks that enter or
leave. Once the active set is right, a step ends at the optimum to rounding.

Source: Qi and Sun 1993, A nonsmooth version of Newton's method; Li, Sun and Toh 2018, A highly efficient
semismooth Newton augmented Lagrangian method (the dual's generalised Hessian, sparse by the active set).
"""

from dataclasses import replace

import numpy as np
from scipy.linalg.lapack import dposv

from kardashev.portfolio.dual import (
    evaluated,
    gross_threshold,
    line_minimum,
    share_to_first_zero,
    slope_towards,
)
from kardashev.portfolio.sensitivity import diagonal_of

ITERATION_LIMIT = 60
EASING = 3.0  # factor between the curvatures through which a draw is led that reached the limit
TOLERANCE = 1e-12  # of the dual's gradient, relative to the largest signal
REGULARIZATION = 1e-13  # added to the diagonal of the unit Gram matrix, for redundant rows
SUFFICIENT_DECREASE = 1e-4  # of what the slope promises, for a whole step to be taken
ROUNDING = 1e-13  # of the dual's size: a change below it is no increase


def dual_minimum(unit, signals, start=None, iteration_limit=ITERATION_LIMIT):
    """The multipliers at which the dual is lowest, for several signals under the same limits.

    Parameters
    ----------
    unit : UnitProblem, feasible
    signals : array (draws, stocks), finite; their own unit is the unit of multipliers
    start : pair of an array (rows,) and a float, multipliers of rows and gross limit to begin from
    iteration_limit : int, for each curvature

    Returns
    -------
    points : Points, one row a draw
    iterations : int array (draws,)
    """
    points, iterations = _newton(unit, signals, start, iteration_limit)
    for draw in np.flatnonzero(points.error > _tolerance(signals)):
        alone, more = _eased(unit, signals[[draw]], iteration_limit)
        points.put([draw], alone)
        iterations[draw] += more
    return points, iterations


def _eased(unit, signal, iteration_limit):
    """The minimum for one draw, from that of a problem with much curvature, less and less of it.

    Where the curvature is next to nothing the dual is next to piecewise linear, and steps zigzag between its
    edges; near the end of such a path they need not.
    """
    caps = unit.caps[unit.caps > 0]
    most = max(np.abs(signal).max() / caps.min(initial=np.inf), 1.0)  # at which no stock is capped
    stages = 1 + int(np.ceil(np.log(most) / np.log(EASING)))
    start, total = None, 0
    for factor in np.geomspace(most, 1.0, max(stages, 2)):
        eased = replace(
            unit,
            lower=unit.lower * factor,
            upper=unit.upper * factor,
            softness=unit.softness * factor,
            caps=unit.caps * factor,
            gross=unit.gross * factor,
        )
        points, iterations = _newton(eased, signal, start, iteration_limit)
        start = points.multipliers[0], points.gross_multipliers[0]
        total += iterations[0]
    return points, total


def _tolerance(signals):
    return TOLERANCE * np.abs(signals).max(axis=1)


def _newton(unit, signals, start, iteration_limit):
    """`dual_minimum` without a second attempt."""
    draws, rows = len(signals), len(unit.rows)
    if start is None:
        start = np.zeros(rows), gross_threshold(unit, signals)
    points = evaluated(
        unit,
        signals,
        np.broadcast_to(start[0], (draws, rows)).copy(),
        np.broadcast_to(start[1], draws).astype(float),
    )
    tolerance = _tolerance(signals)
    of_gram = np.repeat(points.is_free[:1], draws, axis=0)
    grams = np.zeros((draws, rows + 1, rows + 1))  # the gross limit's row, signs, is last
    grams[:, :rows, :rows] = _gram_of(unit, np.flatnonzero(of_gram[0]))
    iterations = np.zeros(draws, dtype=np.int64)
    for _ in range(iteration_limit):
        live = np.flatnonzero(points.error > tolerance)
        if not len(live):
            break
        here = points.take(live)
        for place, draw in enumerate(live):
            _update_gram(unit, grams[draw, :rows, :rows], of_gram[draw], here.is_free[place])
        signed = (np.sign(here.z) * here.is_free) @ unit.by_stock
        grams[live, -1, :rows] = grams[live, :rows, -1] = signed
        grams[live, -1, -1] = here.is_free.sum(axis=1)
        steps = _newton_steps(unit, here, grams[live])
        of_gram[live] = here.is_free
        points.put(live, _advanced(unit, signals[live], here, steps))
        iterations[live] += 1
    return points, iterations


def _gram_of(unit, stocks):
    rows = unit.by_stock[stocks]
    return rows.T @ rows


def _update_gram(unit, gram, before, now):
    """Makes a Gram matrix on the stocks ``before`` one on the stocks ``now``, by the fewer products."""
    entered, left = np.flatnonzero(now & ~before), np.flatnonzero(before & ~now)
    if len(entered) + len(left) < np.count_nonzero(now):
        gram += _gram_of(unit, entered) - _gram_of(unit, left)
    else:
        gram[:] = _gram_of(unit, np.flatnonzero(now))


def _newton_steps(unit, points, grams):
    """The Newton step (rows + 1,) of each draw, gross last; 0 for rows that stay without multiplier."""
    gradient = np.column_stack([points.gradient, points.gross_gradient])
    side = np.where(unit.is_fixed, 0.0, points.side)
    side = np.column_stack([side, np.ones(len(side))])
    at_zero = np.column_stack([points.multipliers == 0, points.gross_multipliers == 0])
    is_gross = (gradient[:, -1] != 0) | ~at_zero[:, -1]
    is_active = np.column_stack([unit.is_fixed | (points.side != 0), is_gross])
    softness = np.append(unit.softness, 0.0)
    draws = zip(grams, gradient, side, at_zero, is_active, strict=True)
    return np.array([_newton_step(*of_draw, softness) for of_draw in draws])


def _newton_step(gram, gradient, side, at_zero, is_active, softness):
    """One draw's step. A row at zero whose step would leave its side stays there: the step is taken anew."""
    active = np.flatnonzero(is_active)
    step = np.zeros(len(gradient))
    while True:
        system = gram[active[:, None], active]
        diagonal = diagonal_of(system)
        diagonal += REGULARIZATION
        diagonal += softness[active]
        found = _definite_solve(system, -gradient[active])
        is_blocked = at_zero[active] & (side[active] != 0) & (found * side[active] <= 0)
        if not is_blocked.any():
            step[active] = found
            return step
        active = active[~is_blocked]


def _definite_solve(system, right):
    if not len(right):
        return right
    _, found, failed = dposv(system, right, lower=1)
    while failed:  # rounding left the Gram of dependent rows indefinite
        diagonal = diagonal_of(system)
        diagonal *= 1 + np.sqrt(REGULARIZATION)
        _, found, failed = dposv(system, right, lower=1)
    return found


def _advanced(unit, signals, points, steps):
    """Where the steps lead: a multiplier that would change its side stops at zero, none may climb."""
    side = np.where(unit.is_fixed, 0.0, points.side)
    moved = points.multipliers + steps[:, :-1]
    moved[moved * side < 0] = 0.0
    gross_moved = np.maximum(points.gross_multipliers + steps[:, -1], 0.0)
    target = evaluated(unit, signals, moved, gross_moved)
    slope = slope_towards(points, target)
    wanted = points.dual + SUFFICIENT_DECREASE * np.minimum(slope, 0.0)
    refused = np.flatnonzero((target.dual > wanted + ROUNDING * np.abs(points.dual)) | (slope > 0))
    if len(refused):
        here, there = points.take(refused), target.take(refused)
        climbing = np.flatnonzero(slope_towards(here, there) >= 0)
        if len(climbing):
            part = here.take(climbing)
            share = share_to_first_zero(part, steps[refused][climbing], side[refused][climbing])
            shorter = share[:, None] * steps[refused][climbing]
            there.put(
                climbing,
                evaluated(
                    unit,
                    signals[refused][climbing],
                    part.multipliers + shorter[:, :-1],
                    np.maximum(part.gross_multipliers + shorter[:, -1], 0.0),
                ),
            )
        target.put(refused, line_minimum(unit, signals[refused], here, there))
    return target
