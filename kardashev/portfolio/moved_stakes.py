"""What the optimized portfolio returns with other stakes: True Contribution without a gradient."""

import numpy as np

from kardashev.portfolio.dropout import standardized_meta_models
from kardashev.portfolio.solve import NEWTON, solve


def returns_of_stakes(problem, signals, stakes, returns, engine=NEWTON):
    """Return of the portfolio made from each of several sets of stakes, without dropout.

    Parameters
    ----------
    problem : PortfolioProblem
    signals : array (stocks, models), prepared
    stakes : array (sets, models), at risk
    returns : array (stocks,)
    engine : as in `kardashev.portfolio.solve.solve`

    Returns
    -------
    array (sets,)

    Raises
    ------
    PortfolioError
        Where a set has no stake, or its portfolio cannot be solved.
    """
    meta_signals, _ = standardized_meta_models(signals, stakes)
    return solve(problem, meta_signals, engine).weights @ returns


def moved(stakes, place, amounts):
    """The stakes with one of them moved by each of several amounts, and with none of it at last.

    Parameters
    ----------
    stakes : array (models,)
    place : int, whose stake moves
    amounts : sequence of float, none below minus that stake

    Returns
    -------
    array (len(amounts) + 1, models)
    """
    sets = np.tile(stakes, (len(amounts) + 1, 1))
    sets[:-1, place] += amounts
    sets[-1, place] = 0.0
    return sets
