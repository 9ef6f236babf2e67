"""True Contribution of the due target days, from the sensitivities that were stored at the close."""

from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa

from kardashev.frames.blocks import Blocks, batch
from kardashev.frames.portfolios import unpacked
from kardashev.frames.prepared import PreparedBlock
from kardashev.portfolio.true_contribution import true_contribution
from kardashev.ranking import doubled_rank

RANK, UNDROPPED = "rank", "undropped"
SAME_SHARE = 1e-12  # of the largest TC: models closer than this share a rank
NO_PORTFOLIO = "the round has no portfolio: {}"

DAY = ("target", "score_day", "known_at")
SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("model_key", pa.int32()),
        ("score", pa.string()),
        ("score_version", pa.string()),
        ("target", pa.string()),
        ("score_day", pa.int32()),
        ("known_at", pa.timestamp("us")),
        ("value", pa.float64()),
        ("null_reason", pa.string()),
        ("standard_error", pa.float64()),
        ("half_sample_correlation", pa.float64()),
    ]
)


def true_contribution_rows(connection, scores, sources, portfolios, targets):
    """TC of every accepted model on the due target days, in each version, as long rows.

    Returns of a day enter as they are landed; a stock without one counts as unchanged, a return of 0.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    scores : relation, the columns of ``int_scores_due``, of the family ``tc``
    sources : kardashev.frames.prepared.Sources
    portfolios : relation (round_number, reason, draws_reason, sensitivity, draws_sensitivity)
    targets : relation (round_number, target, score_day, known_at, stock_key, value)

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        Return of the portfolio per NMR of stake, times the score's scale; version ``rank`` is the
        percentile of ``v1`` in the round. Errors and half-samples are over draws.
    """
    order = "round_number, score, score_version, target, score_day, known_at"
    wanted = scores.order(order).to_arrow_table().to_pylist()

    def batches():
        reader = Blocks(connection)
        for number, of_round in groupby(wanted, itemgetter("round_number")):
            block = PreparedBlock(reader, {"round_number": number}, sources)
            stored = reader.rows(portfolios, block.in_round).to_pylist()
            if len(block.models) and stored:
                for _, due in groupby(of_round, itemgetter("score", "score_version", "target")):
                    yield from _version_batches(block, stored[0], list(due), targets)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _version_batches(block, stored, due, targets):
    version = due[0]["score_version"]
    blob = stored["sensitivity" if version == UNDROPPED else "draws_sensitivity"]
    count = len(block.models)
    nothing = np.full(count, np.nan)
    if blob is None:
        reason = NO_PORTFOLIO.format(stored["reason"] or stored["draws_reason"])
        for row in due:
            yield _batch(block, row, nothing, reason, nothing, np.nan)
        return
    stock_keys, model_keys, sensitivity = unpacked(blob)
    signals = block.gaussian[np.ix_(block.stocks.here(stock_keys), block.models.here(model_keys))]
    returns = np.column_stack([_returns(block, row, targets) for row in due])
    kind = "v1" if version == RANK else version
    found, errors, halves = true_contribution(sensitivity, signals, returns, kind)
    values = np.full((count, len(due)), np.nan)
    places = block.models.here(model_keys)
    values[places] = found * due[0]["scale"]
    for day, row in enumerate(due):
        of_day, spread = values[:, day], nothing.copy()
        spread[places] = errors[:, day] * row["scale"]
        if version == RANK:
            width = SAME_SHARE * np.abs(of_day).max()
            of_day, spread = (doubled_rank(of_day, width) - 1) / (2 * count), nothing
        yield _batch(block, row, of_day, None, spread, halves[day])


def _returns(block, row, targets):
    day = block.in_round | {name: row[name] for name in DAY}
    return np.nan_to_num(block.reader.values(targets, day, block.stocks, "stock_key", "value"))


def _batch(block, row, values, reason, errors, halves):
    count = len(block.models)
    constants = [row[name] for name in ("score", "score_version", "target", "score_day")]
    return batch(
        SCHEMA,
        [
            pa.repeat(row["round_number"], count),
            block.models.keys,
            *(pa.repeat(value, count) for value in constants),
            pa.repeat(pa.scalar(row["known_at"], pa.timestamp("us")), count),
            values,
            pa.repeat(pa.scalar(reason, pa.string()), count),
            errors,
            np.full(count, halves),
        ],
    )
