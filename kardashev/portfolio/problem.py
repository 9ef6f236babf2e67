"""The portfolio problem: its data, with a name for every row.

Over weights w, given a signal a (stocks,)::

    maximise    a·w − γ/2 ‖w‖² − ½ ‖R w‖² − τ/2 ‖w − w_prev‖²
    subject to  lower ≤ C w ≤ upper     dollar, countries, sectors, factors; equal bounds: neutral
                |w_i| ≤ u_i             position
                ‖w‖₁ ≤ L                gross

R w is the quadratic factor risk, τ the aversion to turnover against a previous portfolio; both may be
absent. Weights are shares of capital: a gross limit of 1 is one unit of capital, long and short together.
"""

from dataclasses import dataclass

import numpy as np

from kardashev.errors import InvalidProblemError

DOLLAR, POSITION, GROSS = "dollar", "position", "gross"
COUNTRY, SECTOR, FACTOR = "country", "sector", "factor"
BY_WEIGHT = "position_by_weight"
RISK_AVERSION, TURNOVER_AVERSION = "risk_aversion", "turnover_aversion"
ROW_GROUPS = (DOLLAR, COUNTRY, SECTOR, FACTOR)
SINGLE_LIMITS = (POSITION, BY_WEIGHT, GROSS, RISK_AVERSION, TURNOVER_AVERSION)


@dataclass(frozen=True)
class PortfolioProblem:
    """What is asked for, in the units of weights.

    names : tuple of str (rows,), each ``group`` or ``group:member``
    exposures : array (rows, stocks), C
    lower, upper : arrays (rows,), equal where the exposure is fixed, ±inf where there is no limit
    position_limits : array (stocks,), u ≥ 0; 0 keeps a stock out
    gross_limit : float, L > 0
    risk_aversion : float, γ > 0, signal per weight
    risk_factors : array (factors, stocks), R, or None
    previous : array (stocks,), w_prev, or None
    turnover_aversion : float, τ ≥ 0

    Raises
    ------
    InvalidProblemError
        Naming the row or limit that is not finite, negative, reversed or of another shape.
    """

    names: tuple
    exposures: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    position_limits: np.ndarray
    gross_limit: float
    risk_aversion: float
    risk_factors: np.ndarray | None = None
    previous: np.ndarray | None = None
    turnover_aversion: float = 0.0

    def __post_init__(self):
        rows, stocks = self.exposures.shape
        wanted = {
            "names": (rows,),
            "lower": (rows,),
            "upper": (rows,),
            "position_limits": (stocks,),
            "previous": (stocks,),
        }
        for field, shape in wanted.items():
            value = getattr(self, field)
            if value is not None and np.shape(value) != shape:
                raise InvalidProblemError(f"{field} has shape {np.shape(value)}, not {shape}")
        if self.risk_factors is not None and self.risk_factors.shape[1:] != (stocks,):
            raise InvalidProblemError(
                f"risk_factors do not have a column for each of {stocks} stocks"
            )
        bad = ~np.isfinite(self.exposures).all(axis=1) | ~(self.lower <= self.upper)
        if bad.any():
            raise InvalidProblemError(
                f"{self.names[np.flatnonzero(bad)[0]]}: exposures are not finite, or its limits reversed"
            )
        if not (self.position_limits >= 0).all():
            raise InvalidProblemError("position: a limit is negative or NaN")
        for field in ("risk_factors", "previous"):
            value = getattr(self, field)
            if value is not None and not np.isfinite(value).all():
                raise InvalidProblemError(f"{field}: a value is not finite")
        if not (0 < self.gross_limit < np.inf and 0 < self.risk_aversion < np.inf):
            raise InvalidProblemError("gross limit and risk aversion are to be positive and finite")
        if not 0 <= self.turnover_aversion < np.inf or (
            self.turnover_aversion and self.previous is None
        ):
            raise InvalidProblemError("turnover aversion is not negative, and needs a portfolio")

    @property
    def curvature(self):
        """γ + τ, the slope of the objective's gradient in each weight, factor risk aside."""
        return self.risk_aversion + self.turnover_aversion

    def pulled(self, signals):
        """Signals (…, stocks) plus the pull τ w_prev of a previous portfolio."""
        if not self.turnover_aversion:
            return signals
        return signals + self.turnover_aversion * self.previous


def neutral_problem(
    countries,
    sectors,
    factors,
    factor_names,
    sample_weights,
    limits,
    risk_factors=None,
    previous=None,
):
    """The problem of a universe, from limits by group.

    Parameters
    ----------
    countries, sectors : sequences of str (stocks,)
    factors : array (stocks, factors), gaussianized, so that a limit is in standard deviations per unit
        of capital
    factor_names : sequence of str (factors,)
    sample_weights : array (stocks,), v, positive
    limits : mapping of a group, or of one row as ``factor:beta``, to its limit; an absent or null group
        has none, a row's own limit goes before its group's. Besides ``dollar``, ``country``, ``sector`` and
        ``factor`` (0: neutral, e: within ±e): ``position`` (largest weight), ``position_by_weight``
        (largest multiple of v's share of Σv), ``gross``, ``risk_aversion`` (γ for each stock of the
        universe, so that the number held does not depend on its size), ``turnover_aversion`` (likewise)
    risk_factors : array (factors, stocks), R, optional
    previous : array (stocks,), weights, optional

    Returns
    -------
    PortfolioProblem

    Raises
    ------
    InvalidProblemError
        When a value or limit is missing, unknown or means nothing.
    """
    stocks = len(sample_weights)
    for name in limits:
        if name not in SINGLE_LIMITS and name.split(":")[0] not in ROW_GROUPS:
            raise InvalidProblemError(f"{name}: no such limit")
    rows = [(DOLLAR, np.ones(stocks))]
    for group, members in ((COUNTRY, np.asarray(countries)), (SECTOR, np.asarray(sectors))):
        rows += [(f"{group}:{name}", (members == name) * 1.0) for name in np.unique(members)]
    rows += [
        (f"{FACTOR}:{name}", column) for name, column in zip(factor_names, factors.T, strict=True)
    ]
    held = {name: value for name, value in limits.items() if value is not None}
    limited = [
        (name, row, held.get(name, held.get(name.split(":")[0])))
        for name, row in rows
        if name in held or name.split(":")[0] in held
    ]
    bounds = np.array([limit for *_, limit in limited], dtype=float)
    for required in (GROSS, RISK_AVERSION):
        if required not in held:
            raise InvalidProblemError(f"{required}: a portfolio needs this limit")
    sample_weights = np.asarray(sample_weights, dtype=float)
    if not (sample_weights > 0).all():
        raise InvalidProblemError("sample weights are not all positive")
    by_weight = held.get(BY_WEIGHT, np.inf) * sample_weights / sample_weights.sum()
    turnover = held.get(TURNOVER_AVERSION, 0.0) if previous is not None else 0.0
    return PortfolioProblem(
        names=tuple(name for name, *_ in limited),
        exposures=np.array([row for _, row, _ in limited]).reshape(len(limited), stocks),
        lower=-bounds,
        upper=bounds,
        position_limits=np.minimum(by_weight, held.get(POSITION, held[GROSS])),
        gross_limit=held[GROSS],
        risk_aversion=held[RISK_AVERSION] * stocks,
        risk_factors=risk_factors,
        previous=previous,
        turnover_aversion=turnover * stocks,
    )


def unit_rows(matrix):
    """Rows divided by their norm, and the norms; a zero row stays as it is, with norm 1."""
    norms = np.linalg.norm(matrix, axis=1)
    norms[norms == 0] = 1.0
    return matrix / norms[:, None], norms
