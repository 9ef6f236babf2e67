"""How likely each draw of stakes is made: the likelier, the larger the slopes to be expected of it.

The law of a draw is cut into cells; in each it is known who of the largest stakes survives. Three draws in
four choose their cell in proportion to p · size^−1.5, p its probability under the law. The fourth follows the
law, so that no weight is above four.

Two things make a slope large. A small fund: it grows as 1 / (σ Σd), and faster, as fewer signals hedge each
other less. And limits that leave little: if a meta model is nearly a factor that they hold near zero, the
rest makes the portfolio, and one more NMR moves it much. Of two funds with one σ Σd the slopes may differ 50
times. So size is the geometric mean of √E[(σ Σd)²] of the signals and of what the limits leave of them, in
which the part along the limited exposures counts for a twentieth.

A wrong guess, for instance where a limit is so wide that it never binds, costs precision. It makes no mean
wrong, as each draw is weighted by p over the odds with which it was made.

Source: importance sampling with a defensive mixture, Hesterberg 1995; Owen 2013, Monte Carlo Theory, Methods
and Examples, chapter 9.
"""

from dataclasses import dataclass

import numpy as np

from kardashev.errors import ConstantMetaModelError
from kardashev.kernels.neutralization import least_squares_basis, least_squares_residual

CONSTANT = 1e-8  # a meta model of a smaller standard deviation is the same on every stock
NO_META_MODEL = "the meta model of every draw is constant"
BLOCK = 14  # stakes whose masks, 16,384 of them, are drawn by importance
BLOCKS = 3  # of the largest stakes
TILT = 1.5  # power of the size by which a draw is the likelier the smaller its fund
PLAIN = (
    0.25  # share of the draws that follow the law itself, so that no weight is above its inverse
)
LIMITED = 0.05  # for which the part of a signal counts that the limits hold near zero


@dataclass(frozen=True)
class Cells:
    """The law of a draw, cut into cells.

    fixed : bool array (cells, largest stakes), who of them survives
    known : int array (cells,), of how many models, from the largest stake on, that holds
    chances : array (cells,), their probabilities under the law; 0 where the meta model is constant
    odds : array (cells,), with which they are drawn
    """

    fixed: np.ndarray
    known: np.ndarray
    chances: np.ndarray
    odds: np.ndarray


def cells_of_the_law(signals, stakes, dropout, exposures=None):
    """The cells of a round, and the odds with which each is drawn.

    Parameters
    ----------
    signals : array (stocks, models), of the staked models, the largest stake first
    stakes : array (models,), positive
    dropout : float, p
    exposures : array (rows, stocks) that the portfolio's limits hold near zero, or None

    Returns
    -------
    Cells

    Raises
    ------
    ConstantMetaModelError
        When every cell has a constant meta model.
    """
    signals = signals - signals.mean(axis=0)
    blocks = _blocks(len(stakes))
    sizes = _sizes(signals, stakes, blocks, dropout)
    if exposures is not None and len(exposures):
        free = least_squares_residual(signals, least_squares_basis(exposures.T))
        left = _sizes(LIMITED * signals + (1 - LIMITED) * free, stakes, blocks, dropout)
        sizes = np.sqrt(sizes * np.maximum(left, LIMITED * sizes))  # it is, but for rounding
    among = sum(masks.shape[1] for _, masks in blocks)
    fixed, known, chances = [], [], []
    for start, masks in blocks:
        end = start + masks.shape[1]
        fixed.append(np.pad(masks, ((0, 0), (start, among - end))))
        known.append(np.full(len(masks), end))
        chances.append(dropout**start * probabilities(masks, dropout))
    fixed, known, chances = map(np.concatenate, (fixed, known, chances))
    chances *= sizes > 0
    if not chances.any():
        raise ConstantMetaModelError(NO_META_MODEL)
    chances /= chances.sum()
    odds = np.divide(chances, sizes**TILT, out=np.zeros(len(sizes)), where=sizes > 0)
    odds = (1 - PLAIN) * odds / odds.sum() + PLAIN * chances
    return Cells(fixed, known, chances, odds)


def masks_of(count):
    """Every mask of so many models: bool array (2^count, count)."""
    return (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1


def probabilities(masks, dropout):
    """Of masks (masks, models), under the law."""
    kept = masks.sum(axis=1)
    return (1 - dropout) ** kept * dropout ** (masks.shape[1] - kept)


def _blocks(models):
    """The cells as blocks: the place of a block's first model, and the masks of its models.

    The first cells are the masks of the largest `BLOCK` stakes. In place of the one in which none of them
    survives, which is as rare as its slopes are large, stand the masks of the next block, and so on.
    """
    among = min(models, BLOCK * BLOCKS)
    starts = range(0, among, BLOCK)
    ends = [min(start + BLOCK, among) for start in starts]
    return [(a, masks_of(b - a)[b < among :]) for a, b in zip(starts, ends, strict=True)]


def _sizes(signals, stakes, blocks, dropout):
    """√E[(σ Σd)²] of every cell, 0 where the meta model is constant; signals are centred."""
    return np.concatenate(
        [
            _block_sizes(signals[:, start:], stakes[start:], masks, dropout)
            for start, masks in blocks
        ]
    )


def _block_sizes(signals, stakes, masks, dropout):
    """`_sizes` for masks of the first models, the others drawn at random."""
    block = masks.shape[1]
    doubled, others = stakes[:block] / (1 - dropout), stakes[block:]
    columns = np.column_stack([signals[:, :block] * doubled, signals[:, block:] @ others])
    factor = np.linalg.qr(columns / np.sqrt(len(signals)), mode="r")
    variances = np.einsum("ni,ni->i", signals[:, block:], signals[:, block:]) / len(signals)
    means = masks @ factor[:, :-1].T + factor[:, -1]
    spread = dropout / (1 - dropout) * (others**2 @ variances)
    sizes = np.sqrt(np.einsum("mk,mk->m", means, means) + spread)
    return sizes * (sizes > CONSTANT * (masks @ doubled + others.sum()))
