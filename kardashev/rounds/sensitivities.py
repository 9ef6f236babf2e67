"""What a round keeps of its draws, as bytes: solved at the close, applied to each new day's returns."""

import io
from dataclasses import dataclass, replace

import numpy as np

from kardashev.kernels.ranking import normal_quantiles
from kardashev.portfolio.true_contribution import StoredSensitivity
from kardashev.rounds.blocks import Index


@dataclass(frozen=True)
class RoundSensitivity:
    """A stored sensitivity on stocks and models that have names.

    stocks : Index of the stocks that its ``places`` count, those that are free in some draw
    model_keys : int array (models,)
    stored : StoredSensitivity
    signals : array (stocks, models), G on these stocks
    """

    stocks: Index
    model_keys: np.ndarray
    stored: StoredSensitivity
    signals: np.ndarray


def packed(stored, block):
    """A block's stored sensitivity as bytes, with the ranks of its signals where they are needed.

    Parameters
    ----------
    stored : StoredSensitivity, whose places stand for the block's stocks
    block : kardashev.rounds.prepared.PreparedBlock
    """
    count = len(block.stocks)
    buffer = io.BytesIO()
    np.savez(
        buffer,
        stock_count=count,
        stock_keys=block.stocks.keys[stored.places],
        model_keys=block.models.keys,
        ranks=block.ranks[stored.places].astype(np.min_scalar_type(2 * count)),
        **vars(stored),
    )
    return buffer.getvalue()


def unpacked(blob):
    """The `RoundSensitivity` that `packed` packed; its places count its own stocks."""
    with np.load(io.BytesIO(blob)) as arrays:
        held = dict(arrays)
    count, ranks, stock_keys, model_keys = (
        held.pop(name) for name in ("stock_count", "ranks", "stock_keys", "model_keys")
    )
    return RoundSensitivity(
        stocks=Index.of(stock_keys, None),
        model_keys=model_keys,
        stored=replace(StoredSensitivity(**held), places=np.arange(len(stock_keys))),
        signals=normal_quantiles(int(count))[ranks],
    )
