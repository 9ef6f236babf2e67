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
    lower, upper : arrays (rows,), equal where the exposure is fixed, −inf and inf where there is no limit
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
        is_bound = (self.lower <= self.upper) & (self.lower < np.inf) & (self.upper > -np.inf)
        self._refuse_rows(~np.isfinite(self.exposures).all(axis=1), "an exposure is not finite")
        self._refuse_rows(~is_bound, "limits are NaN, reversed (negative), or fix it at infinity")
        if not (self.position_limits >= 0).all():
            raise InvalidProblemError("position: a limit is negative or NaN")
        for field in ("risk_factors", "previous"):
            value = getattr(self, field)
            if value is not None and not np.isfinite(value).all():
                raise InvalidProblemError(f"{field}: a value is not finite")
        if not (0 < self.gross_limit < np.inf and 0 < self.risk_aversion < np.inf):
            raise InvalidProblemError("gross limit and risk aversion are to be positive and finite")
        if not 0 <= self.turnover_aversion < np.inf:
            raise InvalidProblemError("turnover_aversion is negative, NaN or infinite")
        if self.turnover_aversion and self.previous is None:
            raise InvalidProblemError("turnover_aversion: there is no previous portfolio")

    def _refuse_rows(self, is_bad, reason):
        if is_bad.any():
            raise InvalidProblemError(f"{self.names[np.flatnonzero(is_bad)[0]]}: {reason}")

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
        of capital; NaN where it is not known: a stock that lacks a factor with a limit is not held
    factor_names : sequence of str (factors,)
    sample_weights : array (stocks,), v, positive
    limits : mapping of a group, or of one row as ``factor:beta``, to its limit; an absent or null one
        is none, a row's own limit goes before its group's. Besides ``dollar``, ``country``, ``sector`` and
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
        When a value or limit is missing, unknown or means nothing; when every stock lacks a factor.
    """
    sample_weights = np.asarray(sample_weights, dtype=float)
    if not (np.isfinite(sample_weights) & (sample_weights > 0)).all():
        raise InvalidProblemError("sample weights are not all positive and finite")
    stocks = len(sample_weights)
    rows = _named_rows(stocks, countries, sectors, factors, factor_names)
    for name in limits:
        if name not in (*ROW_GROUPS, *SINGLE_LIMITS, *rows):
            raise InvalidProblemError(
                f"{name}: no such limit, or the universe has nothing of that name"
            )
    held = {name: value for name, value in limits.items() if value is not None}
    for required in (GROSS, RISK_AVERSION):
        if required not in held:
            raise InvalidProblemError(f"{required}: a portfolio needs this limit")
    bounds = {name: held.get(name, held.get(name.split(":")[0])) for name in rows}
    names = tuple(name for name, limit in bounds.items() if limit is not None)
    bounds = np.array([bounds[name] for name in names], dtype=float)
    exposures = np.array([rows[name] for name in names]).reshape(len(names), stocks)
    is_known = ~np.isnan(exposures).any(axis=0)
    if not is_known.any():
        raise InvalidProblemError(f"{FACTOR}: every stock lacks a value of a factor with a limit")
    by_weight = held.get(BY_WEIGHT, np.inf) * sample_weights / sample_weights.sum()
    position_limits = np.minimum(by_weight, held.get(POSITION, held[GROSS]))
    return PortfolioProblem(
        names=names,
        exposures=np.where(is_known, exposures, 0.0),
        lower=-bounds,
        upper=bounds,
        position_limits=np.where(is_known, position_limits, 0.0),
        gross_limit=held[GROSS],
        risk_aversion=held[RISK_AVERSION] * stocks,
        risk_factors=risk_factors,
        previous=previous,
        turnover_aversion=held.get(TURNOVER_AVERSION, 0.0) * stocks,
    )


def _named_rows(stocks, countries, sectors, factors, factor_names):
    """Every row that may have a limit, by its name."""
    rows = {DOLLAR: np.ones(stocks)}
    for group, members in ((COUNTRY, np.asarray(countries)), (SECTOR, np.asarray(sectors))):
        rows |= {f"{group}:{name}": (members == name) * 1.0 for name in np.unique(members)}
    columns = zip(factor_names, factors.T, strict=True)
    return rows | {f"{FACTOR}:{name}": column for name, column in columns}


def unit_rows(matrix):
    """Rows divided by their norm, and the norms; a zero row stays as it is, with norm 1."""
    norms = np.linalg.norm(matrix, axis=1)
    norms[norms == 0] = 1.0
    return matrix / norms[:, None], norms
