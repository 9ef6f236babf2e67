"""The dual of the portfolio problem: what multipliers say about weights, and the lowest point on a line.

For multipliers λ of the rows and μ of the gross limit the best v is known stock by stock::

    z = a − Cᵀλ        v_i = sign(z_i) · min(max(|z_i| − μ, 0), cap_i)

and the dual ``Σ_i (|z_i| − μ) |v_i| − v_i²/2 + bounds·λ + ½ λ·Sλ + μ L`` is convex and piecewise quadratic
in as many unknowns as there are rows.
"""

from dataclasses import dataclass

import numpy as np

BISECTIONS = 80  # halvings of [0, 1]: enough for steps that have to be shortened by 1e-20
NOTHING = (
    1e-15  # of the largest signal: a smaller multiplier would keep its row from becoming slack
)
FLAT_ENOUGH = 0.1  # of the slope at its start: where a line search ends


@dataclass
class Points:
    """Multipliers of some draws, and what follows from them; every array has one row a draw.

    gradient, gross_gradient : of the dual, zero for rows that neither bind nor have a multiplier
    side : +1 where the upper bound counts, −1 the lower, 0 where the row is slack
    """

    multipliers: np.ndarray
    gross_multipliers: np.ndarray
    z: np.ndarray
    size: np.ndarray
    is_free: np.ndarray
    side: np.ndarray
    gradient: np.ndarray
    gross_gradient: np.ndarray
    dual: np.ndarray

    def take(self, draws):
        return Points(*(value[draws] for value in vars(self).values()))

    def put(self, draws, others):
        for name, value in vars(self).items():
            value[draws] = getattr(others, name)

    @property
    def error(self):
        """Largest entry of the gradient: 0 at the optimum."""
        return np.maximum(
            np.abs(self.gradient).max(axis=1, initial=0.0), np.abs(self.gross_gradient)
        )


def evaluated(unit, signals, multipliers, gross_multipliers):
    """The points at multipliers (draws, rows) and (draws,); one that is zero but for rounding is zero."""
    nothing = NOTHING * np.abs(signals).max(axis=1)
    multipliers = np.where(np.abs(multipliers) > nothing[:, None], multipliers, 0.0)
    gross_multipliers = np.where(gross_multipliers > nothing, gross_multipliers, 0.0)
    z = signals - multipliers @ unit.rows
    excess = np.abs(z) - gross_multipliers[:, None]
    size = np.minimum(np.maximum(excess, 0.0), unit.caps)
    exposures = np.copysign(size, z) @ unit.by_stock - unit.softness * multipliers
    is_slack = (exposures <= unit.upper) & (exposures >= unit.lower)
    side = np.where(multipliers != 0, np.sign(multipliers), np.sign(exposures - unit.lower))
    side[(multipliers == 0) & is_slack] = 0
    counts = (side != 0) | unit.is_fixed
    bounds = np.where(counts, np.where(side > 0, unit.upper, unit.lower), 0.0)
    gradient = np.where(counts, bounds - exposures, 0.0)
    spare = unit.gross - size.sum(axis=1)
    dual = np.einsum("dn,dn->d", size, excess) - 0.5 * np.einsum("dn,dn->d", size, size)
    dual += (bounds * multipliers).sum(axis=1) + 0.5 * (multipliers**2 @ unit.softness)
    return Points(
        multipliers=multipliers,
        gross_multipliers=gross_multipliers,
        z=z,
        size=size,
        is_free=(size > 0) & (size < unit.caps),
        side=side,
        gradient=gradient,
        gross_gradient=np.where((gross_multipliers > 0) | (spare < 0), spare, 0.0),
        dual=dual + gross_multipliers * unit.gross,
    )


def gross_threshold(unit, signals):
    """The μ at which λ = 0 holds as much as the gross limit allows, by bisection; 0 if it does not bind."""
    low, high = np.zeros(len(signals)), np.abs(signals).max(axis=1)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        held = np.clip(np.abs(signals) - middle[:, None], 0.0, unit.caps).sum(axis=1)
        low, high = (
            np.where(held > unit.gross, middle, low),
            np.where(held > unit.gross, high, middle),
        )
    return np.where(low > 0, high, 0.0)


def slope_towards(points, target):
    """Derivative of the dual at some points towards others."""
    slope = np.einsum("dk,dk->d", points.gradient, target.multipliers - points.multipliers)
    return slope + points.gross_gradient * (target.gross_multipliers - points.gross_multipliers)


def share_to_first_zero(points, steps, side):
    """The share of a step after which the first multiplier reaches zero, at most 1."""
    values = np.column_stack([points.multipliers, points.gross_multipliers])
    sides = np.column_stack([side, np.ones(len(side))])
    crosses = (sides != 0) & (values != 0) & ((values + steps) * sides < 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(crosses, -values / steps, 1.0).min(axis=1)


def line_minimum(unit, signals, points, target):
    """A point near the lowest dual between points and targets, where no multiplier changes its side.

    Bisection, until the slope is a tenth of what it is at the points.
    """
    change = target.multipliers - points.multipliers
    gross_change = target.gross_multipliers - points.gross_multipliers
    z_change = target.z - points.z
    side = np.where(points.side != 0, points.side, np.sign(change))
    bounds = np.where(change != 0, np.where(side > 0, unit.upper, unit.lower), 0.0)
    constant = (bounds * change).sum(axis=1) + gross_change * unit.gross
    enough = FLAT_ENOUGH * np.abs(slope_towards(points, target))
    low, high, share = np.zeros(len(change)), np.ones(len(change)), np.ones(len(change))
    for _ in range(BISECTIONS):
        z = points.z + share[:, None] * z_change
        gross = points.gross_multipliers + share * gross_change
        size = np.minimum(np.maximum(np.abs(z) - gross[:, None], 0.0), unit.caps)
        moved = points.multipliers + share[:, None] * change
        slope = constant + (moved * change) @ unit.softness
        slope += np.einsum("dn,dn->d", np.copysign(size, z), z_change)
        slope -= gross_change * size.sum(axis=1)
        low, high = np.where(slope <= 0, share, low), np.where(slope <= 0, high, share)
        is_open = (np.abs(slope) > enough) & (low < high)
        if not is_open.any():
            break
        share = np.where(is_open, (low + high) / 2, share)
    return evaluated(
        unit,
        signals,
        points.multipliers + share[:, None] * change,
        points.gross_multipliers + share * gross_change,
    )
