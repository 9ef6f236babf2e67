"""Draws of stakes: which models survive in each, what each draw weighs, and the meta model it makes.

The law of a draw: every staked model survives with probability 1 − p, independently of the others; a draw
whose meta model is constant, for nobody survived or for signals that cancel, is drawn again. What is asked
for is the mean of a slope over this law.

Where there are no more masks than draws, all are taken, weighted by their probability, and the mean is exact.
Elsewhere draws are a sample: each is made with odds q that `kardashev.portfolio.importance` chooses, and has
the weight p / q, p its probability under the law. Draws are independent, so their spread says how far the
mean may be off.
"""

from dataclasses import dataclass

import numpy as np

from kardashev.errors import (
    ConstantMetaModelError,
    InvalidProblemError,
    InvalidSignalError,
    NoStakeError,
)
from kardashev.portfolio.importance import (
    CONSTANT,
    NO_META_MODEL,
    cells_of_the_law,
    masks_of,
    probabilities,
)

ATTEMPTS = 100  # at a draw, before it is given up
MOSTLY = 0.5  # of the law must be left for its share to be known well


@dataclass(frozen=True)
class DropoutRule:
    """How stakes are drawn, by default as published.

    draws : int
    dropout : p, the probability that a staked model is left out of a draw
    few_staked, draws_of_few : with at most so many staked models, so many draws: each of them decides more
    """

    draws: int = 100
    dropout: float = 0.5
    few_staked: int = 0
    draws_of_few: int = 0

    @property
    def most_draws(self):
        """How many draws a round has at most."""
        return max(self.draws, self.draws_of_few)

    def draws_for(self, staked):
        """How many draws a round of so many staked models has."""
        return self.draws_of_few if staked <= self.few_staked else self.draws


PUBLISHED = DropoutRule()


@dataclass(frozen=True)
class Draws:
    """Draws of one round; the mean of f over their law is Σ weight · f.

    survives : bool array (draws, models); a model without stake has nothing to lose, and always does
    keep_rates : array (models,), the probability with which each survives
    weights : array (draws,)
    is_sample : bool; otherwise every mask is here, and means are exact
    meta_signals : array (draws, stocks), the meta models, mean 0 and std 1 (ddof 0)
    scales : array (draws,), 1 / (σ Σd)
    """

    survives: np.ndarray
    keep_rates: np.ndarray
    weights: np.ndarray
    is_sample: bool
    meta_signals: np.ndarray
    scales: np.ndarray

    def __len__(self):
        return len(self.weights)


def undropped(signals, stakes):
    """The one draw in which every model survives.

    Parameters
    ----------
    signals : array (stocks, models), prepared
    stakes : array (models,), at risk

    Returns
    -------
    Draws

    Raises
    ------
    NoStakeError, InvalidSignalError, ConstantMetaModelError
    """
    meta_signals, deviations = standardized_meta_models(signals, stakes[None])
    return Draws(
        survives=np.ones((1, len(stakes)), dtype=bool),
        keep_rates=np.ones(len(stakes)),
        weights=np.ones(1),
        is_sample=False,
        meta_signals=meta_signals,
        scales=1 / (deviations * stakes.sum()),
    )


def drawn(signals, stakes, generator, rule=PUBLISHED, exposures=None):
    """The draws of a round: every mask where the rule has draws enough for them, otherwise a sample.

    Parameters
    ----------
    signals : array (stocks, models), prepared
    stakes : array (models,), at risk
    generator : numpy.random.Generator
    rule : DropoutRule
    exposures : array (rows, stocks) that the portfolio's limits hold near zero, or None: a sample that knows
        them makes draws with large slopes often

    Returns
    -------
    Draws

    Raises
    ------
    NoStakeError, InvalidSignalError
    ConstantMetaModelError
        When (nearly) every draw has a constant meta model.
    InvalidProblemError
        When p is not in [0, 1), or no draw is asked for.
    """
    _check(signals, stakes)
    staked = np.argsort(-stakes, kind="stable")[: np.count_nonzero(stakes)]
    count, dropout = rule.draws_for(len(staked)), rule.dropout
    if not (0 <= dropout < 1 and count >= 1):
        raise InvalidProblemError(f"{count} draws with a dropout of {dropout}, not in [0, 1)")
    is_sample = len(staked) > np.log2(count + 1)
    if is_sample:
        cells = cells_of_the_law(signals[:, staked], stakes[staked], dropout, exposures)
        found = _sample(signals, stakes, staked, cells, generator, count, dropout)
    else:
        found = _all_masks(signals, stakes, staked, dropout)
    survives, weights, centred, deviations = found
    keep_rates = np.where(stakes > 0, 1 - dropout, 1.0)
    return Draws(
        survives=survives,
        keep_rates=keep_rates,
        weights=weights,
        is_sample=is_sample,
        meta_signals=centred / deviations[:, None],
        scales=1 / (deviations * (survives @ (stakes / keep_rates))),
    )


def standardized_meta_models(signals, stakes):
    """The stake-weighted mean signal of each set of stakes, centred and divided by its standard deviation.

    Parameters
    ----------
    signals : array (stocks, models), prepared
    stakes : array (sets, models)

    Returns
    -------
    meta_signals : array (sets, stocks), mean 0 and std 1 (ddof 0)
    deviations : array (sets,), σ before

    Raises
    ------
    NoStakeError, InvalidSignalError
    ConstantMetaModelError
        Where σ ≤ `CONSTANT`.
    """
    _check(signals, stakes)
    centred, deviations = centred_meta_models(signals, stakes)
    if (deviations <= CONSTANT).any():
        raise ConstantMetaModelError("the meta model is constant")
    return centred / deviations[:, None], deviations


def centred_meta_models(signals, stakes):
    """Meta models (sets, stocks) less their means, and their σ (sets,); 0 for a set without stake."""
    staked = (stakes > 0).any(axis=0)
    totals = stakes.sum(axis=1, keepdims=True)
    shares = stakes[:, staked] / np.where(totals > 0, totals, 1.0)
    centred = (signals[:, staked] @ shares.T).T
    centred -= centred.mean(axis=1, keepdims=True)
    return centred, centred.std(axis=1)


def _all_masks(signals, stakes, staked, dropout):
    """Who survives in each mask that has a meta model, their probabilities, and the meta models, centred."""
    masks = masks_of(len(staked))
    survives = np.ones((len(masks), len(stakes)), dtype=bool)
    survives[:, staked] = masks
    chances = probabilities(masks, dropout)
    centred, deviations = centred_meta_models(signals, stakes * survives)
    here = (deviations > CONSTANT) & (chances > 0)
    if not here.any():
        raise ConstantMetaModelError(NO_META_MODEL)
    weights = chances[here] / chances[here].sum()
    return survives[here], weights, centred[here], deviations[here]


def _sample(signals, stakes, staked, cells, generator, count, dropout):
    """What `_all_masks` returns, of so many draws."""
    blocks = cells.fixed.shape[1]
    survives = np.ones((count, len(stakes)), dtype=bool)
    weights, deviations = np.empty(count), np.empty(count)
    centred = np.empty((count, len(signals)))
    due, tried, lost = np.arange(count), 0, 0.0
    for _ in range(ATTEMPTS):
        chosen = generator.choice(len(cells.odds), len(due), p=cells.odds)
        kept = generator.random((len(due), len(staked))) >= dropout
        is_known = np.arange(blocks) < cells.known[chosen, None]
        np.copyto(kept[:, :blocks], cells.fixed[chosen], where=is_known)
        survives[np.ix_(due, staked)] = kept
        weights[due] = cells.chances[chosen] / cells.odds[chosen]
        centred[due], deviations[due] = centred_meta_models(signals, stakes * survives[due])
        tried += len(due)
        due = due[deviations[due] <= CONSTANT]
        if not len(due):
            left = 1 - lost / tried  # of the law, after what is drawn again
            weights /= left * tried if left > MOSTLY else weights.sum()
            return survives, weights, centred, deviations
        lost += weights[due].sum()
    raise ConstantMetaModelError(NO_META_MODEL)


def _check(signals, stakes):
    if not np.isfinite(stakes).all() or (stakes < 0).any():
        raise InvalidSignalError("a stake is negative, NaN or infinite")
    if not (stakes.sum(axis=-1) > 0).all():
        raise NoStakeError("every stake is zero")
    if not np.isfinite(signals).all():
        raise InvalidSignalError("a prepared signal is NaN or infinite")
