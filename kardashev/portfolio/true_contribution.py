"""True Contribution: the gradient of the optimized portfolio's return with respect to every stake.

With stakes d of one draw, prepared signals G (stocks, models), N stocks and a day's returns r::

    m = G d / Σd            the stake-weighted meta model
    a = (m − mean m) / σ    σ = std m, ddof 0
    w = argmax …            the portfolio for a;  J = ∂w/∂a
    return = w·r

    ∂return/∂d_i = (1 / (σ Σd)) · g_i · (I − 11ᵀ/N − aaᵀ/N) J r

(``g_i − m`` becomes g_i: what multiplies it is orthogonal to m.) All that depends on the round is found once,
at its close (`prepare`); a day's returns then cost a small solve a draw and one product with the signals of
the stocks that are free in some draw (`gradients`).
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from kardashev.errors import ConstantMetaModelError, InvalidSignalError, NoStakeError
from kardashev.portfolio.optimality import FREE, unit_problem
from kardashev.portfolio.sensitivity import applied
from kardashev.portfolio.solve import NEWTON, solve

DROPOUT = 0.5  # p, the share of the models left out of a draw, as published
NO_DROPOUT = 0.0
DRAWS = 100  # as published
CONSTANT = 1e-8  # a meta model of a smaller standard deviation is the same on every stock
VERSIONS = ("v1", "undropped", "masked")


@dataclass(frozen=True)
class StoredSensitivity:
    """What is kept of a round's draws so that any day's returns can be applied; arrays throughout.

    places : int array (names,), the stocks that are free in some draw, ascending places in the universe
    states : int8 array (draws, names); is_kept : bool (draws, rows); is_gross_kept : bool (draws,)
    by_stock : array (names, rows), unit rows on these stocks; softness (rows,); curvature ()
    scales : array (draws,), 1 / (σ Σd)
    meta_signals : array (draws, names), a on these stocks
    loadings : array (models, draws), G·a / N
    signal_means : array (models,), of G over all stocks
    survives : bool array (draws, models), the dropout masks; dropout (), p
    """

    places: np.ndarray
    states: np.ndarray
    is_kept: np.ndarray
    is_gross_kept: np.ndarray
    by_stock: np.ndarray
    softness: np.ndarray
    curvature: np.ndarray
    scales: np.ndarray
    meta_signals: np.ndarray
    loadings: np.ndarray
    signal_means: np.ndarray
    survives: np.ndarray
    dropout: np.ndarray


def dropout_masks(stakes, generator, draws=DRAWS, dropout=DROPOUT):
    """Which models survive in each draw; a draw without a staked survivor is drawn again.

    In each draw a model survives with probability 1 − p, independently of the others. Between draws, the
    points are spread evenly (a scrambled Sobol sequence, its first coordinates given to the largest
    stakes), so that the mean over draws strays much less from its expectation than if they were independent.

    Parameters
    ----------
    stakes : array (models,), at risk, not negative
    generator : numpy.random.Generator
    draws : int
    dropout : float, p in [0, 1)

    Returns
    -------
    bool array (draws, models)

    Raises
    ------
    NoStakeError
        When every stake is zero: no draw would have a survivor.
    ValueError
        When p is not in [0, 1).
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout is {dropout}, not in [0, 1)")
    _check_stakes(stakes)
    survives = _spread_points(draws, stakes, generator) >= dropout
    while True:
        empty = np.flatnonzero(~(survives & (stakes > 0)).any(axis=1))
        if not len(empty):
            return survives
        survives[empty] = generator.random((len(empty), len(stakes))) >= dropout


def _spread_points(draws, stakes, generator):
    """Points (draws, models) in the unit cube, each of them uniform, all of them spread evenly."""
    from scipy.stats import qmc  # half a second, which a build without a close does not need

    points = generator.random((draws, len(stakes)))
    largest = np.argsort(-stakes, kind="stable")[: qmc.Sobol.MAXDIM]
    sequence = qmc.Sobol(len(largest), rng=generator)
    points[:, largest] = sequence.random_base2(int(np.ceil(np.log2(draws))))[:draws]
    return points


def undropped_mask(stakes):
    """The one draw in which every model survives; it goes with `NO_DROPOUT`."""
    return np.ones((1, len(stakes)), dtype=bool)


def drawn_stakes(stakes, survives, dropout):
    """``d = stake · mask / (1 − p)``: array (draws, models), the stakes themselves on average."""
    return stakes * survives / (1 - dropout)


def standardized_meta_models(signals, drawn):
    """The stake-weighted mean signal of each draw, centred and divided by its standard deviation.

    Parameters
    ----------
    signals : array (stocks, models), prepared
    drawn : array (draws, models), stakes of each draw

    Returns
    -------
    meta_signals : array (draws, stocks), mean 0 and std 1 (ddof 0)
    deviations : array (draws,), σ before

    Raises
    ------
    NoStakeError, InvalidSignalError
    ConstantMetaModelError
        Where σ ≤ `CONSTANT`.
    """
    for stakes in drawn:
        _check_stakes(stakes)
    if not np.isfinite(signals).all():
        raise InvalidSignalError("a prepared signal is NaN or infinite")
    staked = (drawn > 0).any(axis=0)
    means = (signals[:, staked] @ drawn[:, staked].T).T / drawn.sum(axis=1, keepdims=True)
    means -= means.mean(axis=1, keepdims=True)
    deviations = means.std(axis=1)
    if (deviations <= CONSTANT).any():
        raise ConstantMetaModelError(
            f"the meta model is constant in {(deviations <= CONSTANT).sum()} of {len(drawn)} draws"
        )
    return means / deviations[:, None], deviations


def prepare(problem, signals, stakes, survives, dropout=DROPOUT, engine=NEWTON, start=None):
    """At the close: solves every draw, and keeps what its gradient needs.

    Parameters
    ----------
    problem : PortfolioProblem
    signals : array (stocks, models), G, prepared
    stakes : array (models,), at risk
    survives : bool array (draws, models), `dropout_masks` or `undropped_mask`
    dropout : float, p with which the masks were drawn, or `NO_DROPOUT`
    engine, start : as in `kardashev.portfolio.solve.solve`

    Returns
    -------
    stored : StoredSensitivity
    solutions : Solutions, of the draws

    Raises
    ------
    PortfolioError
        Whatever `standardized_meta_models` and `solve` raise.
    """
    drawn = drawn_stakes(stakes, survives, dropout)
    meta_signals, deviations = standardized_meta_models(signals, drawn)
    solutions = solve(problem, meta_signals, engine, start)
    unit = unit_problem(problem)
    places = np.flatnonzero((np.abs(solutions.states) == FREE).any(axis=0))
    stored = StoredSensitivity(
        places=places,
        states=solutions.states[:, places],
        is_kept=solutions.is_kept,
        is_gross_kept=solutions.is_gross_kept,
        by_stock=unit.by_stock[places],
        softness=unit.softness,
        curvature=np.array(unit.curvature),
        scales=1 / (deviations * drawn.sum(axis=1)),
        meta_signals=meta_signals[:, places],
        loadings=signals.T @ meta_signals.T / len(signals),
        signal_means=signals.mean(axis=0),
        survives=survives,
        dropout=np.array(dropout),
    )
    return stored, solutions


def gradients(stored, signals, returns):
    """Later: ∂return/∂d_i of every model in every draw, for one or more days' returns.

    Parameters
    ----------
    stored : StoredSensitivity
    signals : array (names, models), prepared signals of the stocks ``stored.places``
    returns : array (stocks, days)

    Yields
    ------
    array (models, draws), one for each day: return per unit of stake

    Raises
    ------
    InvalidSignalError
        When a return of a free stock is NaN or infinite, or the signals are of other stocks.
    """
    names = len(stored.places)
    here = returns[stored.places]
    if not np.isfinite(here).all():
        raise InvalidSignalError("a return of a stock in the portfolio is NaN or infinite")
    if signals.shape != (names, len(stored.signal_means)):
        raise InvalidSignalError(
            f"signals have shape {signals.shape}, not {names} stocks by models"
        )
    moved = np.empty((returns.shape[1], names, len(stored.states)))
    with threadpool_limits(1, user_api="blas"):
        for draw, active_set in enumerate(
            zip(stored.states, stored.is_kept, stored.is_gross_kept, strict=True)
        ):
            moved[:, :, draw] = applied(stored, *active_set, here).T
    for day in moved:
        along = np.einsum("dn,nd->d", stored.meta_signals, day)
        pushed = signals.T @ day - np.outer(stored.signal_means, day.sum(axis=0))
        yield (pushed - stored.loadings * along) * stored.scales


def true_contribution(stored, signals, returns, version="v1"):
    """`true_contributions` of one version."""
    return true_contributions(stored, signals, returns, (version,))[version]


def true_contributions(stored, signals, returns, versions):
    """TC of every model, whether it has a stake or not, for one or more days' returns.

    Parameters
    ----------
    stored, signals, returns : as in `gradients`
    versions : set of {"v1", "undropped", "masked"}
        ``v1``: the mean over draws of the gradient at the drawn stakes. ``masked``: of the gradient through
        the mask, so that a dropped model has 0 in that draw. ``undropped``: ``v1`` of one draw in which all
        models survive.

    Returns
    -------
    dict, version → (values, standard_errors, half_sample_correlations)
        values : array (models, days), return per unit of stake
        standard_errors : array (models, days), as if draws were independent, so an upper bound: they are
        spread evenly (`dropout_masks`); NaN for a single draw
        half_sample_correlations : array (days,), of the values by the first and by the second half of the
        draws; NaN for a single draw

    Raises
    ------
    ValueError
        For another version, or ``undropped`` of what was prepared with dropout.
    """
    for version in versions:
        if version not in VERSIONS:
            raise ValueError(f"no version {version!r}: one of {', '.join(VERSIONS)}")
    if "undropped" in versions and stored.dropout > 0:
        raise ValueError("undropped is prepared without dropout")
    shape = len(stored.signal_means), returns.shape[1]
    found = {
        version: (np.empty(shape), np.full(shape, np.nan), np.full(shape[1], np.nan))
        for version in versions
    }
    for day, gradient in enumerate(gradients(stored, signals, returns)):
        for version, (values, errors, correlations) in found.items():
            if version == "masked":
                of_draws = gradient * (stored.survives.T / (1 - stored.dropout))
            else:
                of_draws = gradient
            values[:, day], errors[:, day], correlations[day] = _over_draws(of_draws)
    return found


def _over_draws(gradient):
    """Mean (models,), its standard error, and the correlation of the means of both halves."""
    draws = gradient.shape[1]
    mean = gradient.mean(axis=1)
    if draws == 1:
        return mean, np.nan, np.nan
    halves = gradient[:, : draws // 2].mean(axis=1), gradient[:, draws // 2 :].mean(axis=1)
    is_flat = any(half.std() == 0 for half in halves)
    correlation = np.nan if is_flat else np.corrcoef(*halves)[0, 1]
    return mean, gradient.std(axis=1, ddof=1) / np.sqrt(draws), correlation


def _check_stakes(stakes):
    if not np.isfinite(stakes).all() or (stakes < 0).any():
        raise InvalidSignalError("a stake is negative, NaN or infinite")
    if not stakes.sum() > 0:
        raise NoStakeError("every stake is zero")
