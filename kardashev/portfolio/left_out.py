"""The portfolio of a round without the stake of each model in turn."""

import numpy as np

from kardashev.errors import PortfolioError
from kardashev.portfolio.dropout import CONSTANT, centred_meta_models, standardized_meta_models
from kardashev.portfolio.solve import NEWTON, solve

AT_ONCE = 64  # portfolios that are solved together
NEARLY_ALL = 0.999  # of the stake: a share above which the others are added up anew
NO_META_MODEL = "the other stakes make no meta model"


def portfolios_without(problem, signals, stakes, places, engine=NEWTON):
    """The portfolio as it is, and then without each of some models; each starts from the portfolio as it is.

    Parameters
    ----------
    problem : PortfolioProblem
    signals : array (stocks, models), prepared
    stakes : array (models,), at risk
    places : int array, of the models that are left out, one at a time
    engine : as in `kardashev.portfolio.solve.solve`

    Returns
    -------
    weights : array (stocks,), of the portfolio as it is
    without : iterator of (place of the model, weights (stocks,), reason)
        In the order of the places. Where the other stakes make no meta model, weights are 0 and the reason
        says so; where the solver refuses the portfolio, they are NaN.

    Raises
    ------
    NoStakeError, ConstantMetaModelError, PortfolioError
        When there is no portfolio to begin with.
    """
    whole, _ = standardized_meta_models(signals, stakes[None])
    base = solve(problem, whole, engine)
    start, total = (base.multipliers[0], base.gross_multipliers[0]), signals @ stakes

    def without():
        for first in range(0, len(places), AT_ONCE):
            some = places[first : first + AT_ONCE]
            centred, deviations = _meta_models_without(signals, stakes, total, some)
            has_one = deviations > CONSTANT
            found, reasons = np.zeros(centred.shape), np.full(len(some), None, dtype=object)
            reasons[~has_one] = NO_META_MODEL
            here = np.flatnonzero(has_one)
            meta_signals = centred[here] / deviations[here, None]
            found[here], reasons[here] = _solved(problem, meta_signals, engine, start)
            yield from zip(some.tolist(), found, reasons, strict=True)

    return base.weights[0], without()


def _meta_models_without(signals, stakes, total, places):
    """Meta models without each of some models, centred (places, stocks), and their σ (places,).

    The model's part is taken from Σ stake · signal (stocks,), ``total``. Of a share that is `NEARLY_ALL` that
    would leave little but rounding: there the others are added up.
    """
    rest = stakes.sum() - stakes[places]
    shares = stakes[places] / stakes.sum()
    centred = (total - stakes[places, None] * signals[:, places].T) / np.where(
        shares < NEARLY_ALL, rest, 1.0
    )[:, None]
    centred -= centred.mean(axis=1, keepdims=True)
    deviations = centred.std(axis=1)
    for row in np.flatnonzero(shares >= NEARLY_ALL):
        others = np.where(np.arange(len(stakes)) == places[row], 0.0, stakes)
        centred[row : row + 1], deviations[row : row + 1] = centred_meta_models(
            signals, others[None]
        )
    return centred, deviations


def _solved(problem, meta_signals, engine, start):
    """Weights (sets, stocks), NaN where a portfolio is refused, and the reasons (sets,)."""
    reasons = np.full(len(meta_signals), None, dtype=object)
    if not len(meta_signals):
        return np.empty(meta_signals.shape), reasons
    try:
        return solve(problem, meta_signals, engine, start).weights, reasons
    except PortfolioError as error:
        if len(meta_signals) == 1:
            return np.full(meta_signals.shape, np.nan), np.array([str(error)], dtype=object)
    parts = [_solved(problem, meta_signal[None], engine, start) for meta_signal in meta_signals]
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def largest_stakes(stakes, count):
    """Places of so many models with the largest stakes (models,), in their order; of equal ones the first."""
    staked = np.argsort(-stakes, kind="stable")[: np.count_nonzero(stakes)]
    return np.sort(staked[:count])
