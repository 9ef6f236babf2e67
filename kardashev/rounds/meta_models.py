"""Meta models of a round: weighted means of its signals, and the meta portfolio."""

import numpy as np
import pyarrow as pa

from kardashev.kernels.contribution import normalized_meta_portfolio
from kardashev.kernels.neutralization import neutral_weights
from kardashev.kernels.products import blend
from kardashev.kernels.ranking import POWER, doubled_rank, gaussianized
from kardashev.kernels.stability import normalized
from kardashev.rounds.blocks import by_round
from kardashev.rounds.matrices import batch
from kardashev.rounds.prepared import PreparedBlock

META_PORTFOLIO = "SWP"
SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("meta_model", pa.string()),
        ("stock_key", pa.int32()),
        ("value", pa.float64()),
        ("portfolio_weight", pa.float64()),
    ]
)


def meta_model_rows(connection, rounds, sources, weights, shares):
    """Values of each meta model, and the portfolio that it is.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    sources : kardashev.rounds.prepared.Sources, with loadings
    weights : relation (round_number, meta_model, model_key, weight), weights of a meta model sum to one
    shares : relation (round_number, model_key, stake_share)

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        The weighted mean of gaussianized signals; SWP: the stake-weighted mean of neutral weights,
        centred, over its L1 norm. ``portfolio_weight``: SWP itself; of the others the neutral weights
        of the meta model as a signal, centred, over their L1 norm; null where N has no value.
    """
    numbers = [number for (number,) in rounds.fetchall()]

    def of_round(reader, number):
        in_round = {"round_number": number}
        members = reader.rows(weights, in_round, "meta_model, model_key, weight")
        if not members.num_rows:
            return
        block = PreparedBlock.read(reader, number, sources)
        for name in sorted(members["meta_model"].unique().to_pylist()):
            of_one = members.filter(pa.compute.equal(members["meta_model"], name))
            yield _batch(number, name, block, *_blended(block, of_one))
        portfolio = _portfolio(block, reader, shares)
        if portfolio is not None:
            yield _batch(number, META_PORTFOLIO, block, portfolio, portfolio)

    return by_round(connection, SCHEMA, numbers, of_round)


def _blended(block, members):
    """A meta model's values (stocks,), and the weights of its portfolio, NaN outside N."""
    weights = np.zeros(len(block.models))
    weights[block.models.here(members["model_key"].to_numpy())] = members["weight"].to_numpy()
    values = blend(block.gaussian, weights)
    portfolio, here = np.full(len(values), np.nan), block.has_neutralizers
    if here.any():
        powered = gaussianized(doubled_rank(values), POWER)[:, None]
        operator = block.neutralizers[here], block.sample_weights[here]
        portfolio[here] = normalized(neutral_weights(powered[here], *operator))[:, 0]
    return values, portfolio


def _portfolio(block, reader, shares):
    """SWP (stocks,), NaN outside N or where nothing is left; None where nothing is at risk."""
    here = block.has_neutralizers
    found = reader.values(shares, block.in_round, block.models, "model_key", "stake_share")
    if not here.any() or not np.nansum(found) > 0:
        return None
    portfolio = np.full(len(block.stocks), np.nan)
    operator = block.neutralizers[here], block.sample_weights[here]
    shares = np.nan_to_num(found)
    portfolio[here] = normalized_meta_portfolio(block.powered[here], shares, *operator)
    return portfolio


def _batch(number, name, block, values, portfolio):
    here = np.isfinite(values)
    count = int(here.sum())
    columns = [pa.repeat(number, count), pa.repeat(name, count)]
    return batch(SCHEMA, [*columns, block.stocks.keys[here], values[here], portfolio[here]])
