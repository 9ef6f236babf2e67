"""The last steps to the optimum: the exact active set, a polish on it, and the checks."""

import numpy as np

from kardashev.errors import DependentLimitsError
from kardashev.portfolio.dual import evaluated
from kardashev.portfolio.optimality import CAPPED, FREE, Solutions, largest_terms, natural_residual
from kardashev.portfolio.problem import GROSS
from kardashev.portfolio.sensitivity import (
    SAME_ROW,
    distances_from,
    free_columns,
    independent_rows,
    kept_system,
    refined_solve,
)

SOLVED, UNSOLVED = "solved", "residual too large"
RESIDUAL_LIMIT = 1e-9
POLISHES = 3
NEAR = 1e-6  # of the gross limit or of the largest signal: how close a first-order solver comes to an edge


def states_of(unit, v):
    """The states (int8, as in `Solutions`) of weights v whose zeros and caps are exact."""
    size = np.abs(v)
    kinds = np.where(size >= unit.caps, CAPPED, FREE) * (size > 0)
    return (kinds * np.sign(v)).astype(np.int8)


def polished(unit, signals, points, iterations, engine):
    """Solutions from multipliers that are next to optimal.

    On the active set a Newton step without regularization, with redundant rows left out and the solve
    refined; taken where it comes closer.

    Parameters
    ----------
    unit : UnitProblem
    signals : array (draws, stocks)
    points : Points, one row a draw
    iterations : int array (draws,)
    engine : str

    Returns
    -------
    Solutions
    """
    draws, rows = points.multipliers.shape
    is_kept, is_gross_kept = np.zeros((draws, rows), dtype=bool), np.zeros(draws, dtype=bool)
    v = np.copysign(points.size, points.z)
    states = states_of(unit, v)
    unsettled = np.arange(draws)
    for polish in range(POLISHES + 1):
        moved = points.take(unsettled)
        for place, draw in enumerate(unsettled):
            binds = unit.is_fixed | (moved.multipliers[place] != 0)
            is_gross = moved.gross_multipliers[place] > 0
            found = _independent(unit, states[draw], np.flatnonzero(binds), is_gross)
            kept, is_gross_kept[draw], (_, columns, softness, factor) = found
            is_kept[draw] = False
            is_kept[draw, kept] = True
            right = np.append(-moved.gradient[place, kept], -moved.gross_gradient[place])
            step = refined_solve(columns, softness, factor, right[: columns.shape[1]])
            moved.multipliers[place, kept] += step[: len(kept)]
            moved.gross_multipliers[place] += step[len(kept) :].sum()
        if polish == POLISHES or not len(unsettled):
            break
        closer = evaluated(unit, signals[unsettled], moved.multipliers, moved.gross_multipliers)
        better = np.flatnonzero(closer.error < points.error[unsettled])
        taken = unsettled[better]
        points.put(taken, closer.take(better))
        v[taken] = np.copysign(points.size[taken], points.z[taken])
        now = states_of(unit, v[taken])
        unsettled = taken[(now != states[taken]).any(axis=1)]
        states[taken] = now
    residuals = natural_residual(unit, signals, v, points.multipliers, points.gross_multipliers)
    return Solutions(
        weights=v / unit.curvature,
        states=states,
        multipliers=points.multipliers,
        gross_multipliers=points.gross_multipliers,
        is_kept=is_kept,
        is_gross_kept=is_gross_kept,
        residuals=residuals,
        iterations=iterations,
        engines=np.full(draws, engine),
        statuses=np.where(residuals <= RESIDUAL_LIMIT, SOLVED, UNSOLVED),
    )


def _independent(unit, states, rows, is_gross):
    """The independent ones of some rows and the gross limit on the free stocks, and their system."""
    _, columns, softness = free_columns(unit, states, rows, is_gross)
    places = independent_rows(columns, softness)
    kept = rows[places[places < len(rows)]]
    is_gross_kept = bool(is_gross and len(places) and places[-1] == len(rows))
    system = kept_system(unit, states, kept, is_gross_kept)
    _check_left_out(unit, rows, places, columns, softness, system[1:])
    return kept, is_gross_kept, system


def _check_left_out(unit, rows, places, columns, softness, kept):
    """Raises where a row that is not kept says something that the kept ones do not."""
    is_left_out = (columns != 0).any(axis=0) & (softness == 0)
    is_left_out[places] = False
    left_out = np.flatnonzero(is_left_out)
    if not len(left_out) or len(places) >= len(columns):
        return
    distances = distances_from(kept, columns[:, left_out])
    worst = np.argmax(distances)
    if distances[worst] > SAME_ROW:
        names = [*(unit.names[row] for row in rows), GROSS]
        raise DependentLimitsError(
            f"{names[left_out[worst]]}: within {distances[worst]:.0e} of what other binding limits imply, "
            "but not the same: no gradient can be trusted; drop it, or make it differ"
        )


def from_weights(unit, signals, weights, multipliers, gross_multipliers, engine, status):
    """Solutions from what a first-order solver found: zeros and limits by tolerance.

    Parameters
    ----------
    unit : UnitProblem
    signals, weights : arrays (draws, stocks)
    multipliers : array (draws, rows), of the risk factors' rows left to this function
    gross_multipliers : array (draws,)
    engine, status : str

    Returns
    -------
    Solutions, with the weights as they are
    """
    v = weights * unit.curvature
    largest = largest_terms(signals, v)[:, None]
    near = np.minimum(NEAR * np.minimum(largest, unit.gross), unit.caps / 2)
    size = np.abs(v)
    is_held = (size > near) & (unit.caps > 0)
    kinds = np.where(size >= unit.caps - near, CAPPED, FREE) * is_held
    states = (kinds * np.sign(v)).astype(np.int8)
    is_soft = unit.softness > 0
    multipliers[:, is_soft] = (v @ unit.by_stock[:, is_soft]) / unit.softness[is_soft]
    binds = unit.is_fixed | (np.abs(multipliers) > NEAR * largest)
    is_kept, is_gross_kept = np.zeros_like(binds), np.zeros(len(v), dtype=bool)
    for draw, rows in enumerate(binds):
        is_gross = gross_multipliers[draw] > NEAR * largest[draw, 0]
        found = _independent(unit, states[draw], np.flatnonzero(rows), is_gross)
        is_kept[draw, found[0]], is_gross_kept[draw] = True, found[1]
    residuals = natural_residual(unit, signals, v, multipliers, gross_multipliers)
    return Solutions(
        weights=weights,
        states=states,
        multipliers=multipliers,
        gross_multipliers=gross_multipliers,
        is_kept=is_kept,
        is_gross_kept=is_gross_kept,
        residuals=residuals,
        iterations=np.zeros(len(v), dtype=np.int64),
        engines=np.full(len(v), engine),
        statuses=np.full(len(v), status),
    )
