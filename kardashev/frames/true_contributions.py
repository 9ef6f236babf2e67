"""True Contribution of the due target days, from the sensitivities that were stored at the close."""

from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa

from kardashev.frames.blocks import Blocks
from kardashev.frames.portfolios import unpacked
from kardashev.frames.prepared import PreparedBlock
from kardashev.frames.score_rows import DAY, DEFINITION, score_batch, score_schema
from kardashev.portfolio.true_contribution import true_contribution
from kardashev.ranking import doubled_rank

RANK, UNDROPPED = "rank", "undropped"
SAME_SHARE = 1e-12  # of the largest TC: models closer than this share a rank
NO_PORTFOLIO = "the round has no portfolio: {}"

SCHEMA = score_schema(("standard_error", pa.float64()), ("half_sample_correlation", pa.float64()))


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
            block = PreparedBlock.read(reader, {"round_number": number}, sources)
            stored = reader.rows(portfolios, block.in_round).to_pylist()
            if len(block.models) and stored:
                contributions = StoredContributions(block, stored[0])
                for _, due in groupby(of_round, itemgetter(*DEFINITION)):
                    yield from _version_batches(contributions, list(due), targets)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


class StoredContributions:
    """TC of a round's models from its stored sensitivities, each unpacked once."""

    def __init__(self, block, stored):
        self.block, self.stored = block, stored
        self.unpacked = {}

    def reason(self, version):
        """Why the round has no TC of a version; None when it has."""
        if self.stored[_blob(version)] is None:
            return NO_PORTFOLIO.format(self.stored["reason"] or self.stored["draws_reason"])
        return None

    def values(self, version, returns):
        """TC, errors (models, days) and half-sample correlations (days,) for returns (stocks, days)."""
        places, sensitivity, signals = self._sensitivity(_blob(version))
        found, errors, halves = true_contribution(sensitivity, signals, returns, version)
        whole = np.full((2, len(self.block.models), returns.shape[1]), np.nan)
        whole[:, places] = found, errors
        return *whole, halves

    def _sensitivity(self, blob):
        if blob not in self.unpacked:
            stock_keys, model_keys, sensitivity = unpacked(self.stored[blob])
            stocks, places = self.block.stocks.here(stock_keys), self.block.models.here(model_keys)
            self.unpacked[blob] = places, sensitivity, self.block.gaussian[np.ix_(stocks, places)]
        return self.unpacked[blob]


def _blob(version):
    return "sensitivity" if version == UNDROPPED else "draws_sensitivity"


def _version_batches(contributions, due, targets):
    block, version = contributions.block, due[0]["score_version"]
    nothing = np.full(len(block.models), np.nan)
    reason = contributions.reason(version)
    if reason:
        for row in due:
            yield score_batch(SCHEMA, block, row, nothing, reason, nothing, nothing)
        return
    returns = np.column_stack([_returns(block, row, targets) for row in due])
    values, errors, halves = contributions.values("v1" if version == RANK else version, returns)
    for row, of_day, spread, half in zip(due, values.T, errors.T, halves, strict=True):
        of_day, spread = of_day * row["scale"], spread * row["scale"]
        if version == RANK:
            of_day, spread = percentiles(of_day), nothing
        yield score_batch(SCHEMA, block, row, of_day, None, spread, np.full_like(spread, half))


def percentiles(contributions):
    """(average rank − 0.5) / n of an array (models,) of TC; what rounding alone tells apart shares a rank."""
    width = SAME_SHARE * np.abs(contributions).max()
    return (doubled_rank(contributions, width) - 1) / (2 * len(contributions))


def _returns(block, row, targets):
    day = block.in_round | {name: row[name] for name in DAY}
    return np.nan_to_num(block.reader.values(targets, day, block.stocks, "stock_key", "value"))
