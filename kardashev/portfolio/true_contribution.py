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

from kardashev.errors import InvalidSignalError
from kardashev.portfolio.optimality import FREE, Solutions, unit_problem
from kardashev.portfolio.sensitivity import applied
from kardashev.portfolio.solve import NEWTON, solve

FIRST_WAVE = 32  # draws solved before others start from them
PRIOR_DRAWS = 25  # for which the spread of all models counts, beside a model's own
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
    survives, keep_rates, weights, is_sample : as in `kardashev.portfolio.dropout.Draws`
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
    keep_rates: np.ndarray
    weights: np.ndarray
    is_sample: np.ndarray


def prepare(problem, signals, draws, engine=NEWTON, solved=None):
    """At the close: solves every draw, and keeps what its gradient needs.

    Parameters
    ----------
    problem : PortfolioProblem
    signals : array (stocks, models), G, prepared
    draws : kardashev.portfolio.dropout.Draws
    engine : as in `kardashev.portfolio.solve.solve`
    solved : pair (meta signals (sets, stocks), their Solutions) to start from, or None

    Returns
    -------
    stored : StoredSensitivity
    solutions : Solutions, of the draws

    Raises
    ------
    PortfolioError
        Whatever `solve` raises.
    """
    solutions = _solved_in_waves(problem, draws.meta_signals, engine, solved)
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
        scales=draws.scales,
        meta_signals=draws.meta_signals[:, places],
        loadings=signals.T @ draws.meta_signals.T / len(signals),
        signal_means=signals.mean(axis=0),
        survives=draws.survives,
        keep_rates=draws.keep_rates,
        weights=draws.weights,
        is_sample=np.array(draws.is_sample),
    )
    return stored, solutions


def _solved_in_waves(problem, signals, engine, solved):
    """Solutions of all draws; each starts from that of the nearest meta model among those before its wave.

    A wave is as large as all before it. Between near meta models few stocks enter or leave the portfolio.
    """
    known, parts = [] if solved is None else [solved], []
    done = 0
    while done < len(signals):
        wave = signals[done : done + max(done, FIRST_WAVE)]
        parts.append(solve(problem, wave, engine, _nearest(wave, known)))
        known.append((wave, parts[-1]))
        done += len(wave)
    columns = (vars(part).values() for part in parts)
    return Solutions(*map(np.concatenate, zip(*columns, strict=True)))


def _nearest(signals, known):
    """Multipliers (draws, rows) and (draws,) of the nearest of known pairs of signals and Solutions."""
    if not known:
        return None
    there = np.vstack([of_pair for of_pair, _ in known])
    places = (signals @ there.T).argmax(axis=1)
    multipliers = np.vstack([solutions.multipliers for _, solutions in known])
    gross = np.concatenate([solutions.gross_multipliers for _, solutions in known])
    return multipliers[places], gross[places]


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
        ``v1``: the mean of the gradient at the drawn stakes, over the law of a draw. ``masked``: of the
        gradient through the mask, so that a dropped model has 0 in that draw. ``undropped``: of one draw in
        which all models survive.

    Returns
    -------
    dict, version → (values, standard_errors, half_sample_correlations)
        values : array (models, days), return per unit of stake
        standard_errors : array (models, days), see `sampling_errors`; NaN for ``undropped``
        half_sample_correlations : array (days,), of the values by the first and by the second half of the
        draws; NaN where they are no sample

    Raises
    ------
    ValueError
        For another version, or ``undropped`` of what was prepared with dropout.
    """
    for version in versions:
        if version not in VERSIONS:
            raise ValueError(f"no version {version!r}: one of {', '.join(VERSIONS)}")
    if "undropped" in versions and not stored.survives.all():
        raise ValueError("undropped is prepared without dropout")
    shape = len(stored.signal_means), returns.shape[1]
    found = {
        version: (np.empty(shape), np.full(shape, np.nan), np.full(shape[1], np.nan))
        for version in versions
    }
    for day, gradient in enumerate(gradients(stored, signals, returns)):
        for version, (values, errors, correlations) in found.items():
            of_draws = gradient * stored.weights
            if version == "masked":
                of_draws *= stored.survives.T / stored.keep_rates[:, None]
            values[:, day] = of_draws.sum(axis=1)
            if stored.is_sample:
                errors[:, day], correlations[day] = sampling_errors(of_draws)
            elif version != "undropped":
                errors[:, day] = 0.0
    return found


def sampling_errors(parts):
    """Standard errors (models,) of sums over independent draws, and the correlation of both half-sums.

    Where a few draws decide a model's mean, a sample without one of them looks too quiet. So the variance
    of a model is blended with the mean of all models', which counts for `PRIOR_DRAWS` draws.

    Source: moderated variance, Smyth 2004, Linear models and empirical Bayes methods, section 3; the weight
    of the prior is fixed here.

    Parameters
    ----------
    parts : array (models, draws), what each draw adds
    """
    draws = parts.shape[1]
    if draws == 1:
        return np.nan, np.nan
    variances = draws * parts.var(axis=1, ddof=1)
    blended = draws * variances + PRIOR_DRAWS * variances.mean()
    errors = np.sqrt(blended / (draws + PRIOR_DRAWS))
    halves = parts[:, : draws // 2].sum(axis=1), parts[:, draws // 2 :].sum(axis=1)
    is_flat = any(half.std() == 0 for half in halves)
    return errors, np.nan if is_flat else np.corrcoef(*halves)[0, 1]
