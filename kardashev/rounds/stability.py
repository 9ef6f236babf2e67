"""Each accepted submission beside those of the same model in its window: churn, turnover, neutral churn."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from kardashev.kernels.stability import churn, normalized, ranks_among, turnover
from kardashev.rounds.blocks import Index, in_turn
from kardashev.rounds.matrices import batch
from kardashev.rounds.prepared import PreparedBlock

NEUTRAL = "neutralizers"  # the form of a signal that keeps what N does not span
SCHEMA = pa.schema(
    [
        ("round_number", pa.int32()),
        ("lag_round", pa.int32()),
        ("model_key", pa.int32()),
        ("churn", pa.float64()),
        ("turnover", pa.float64()),
        ("neutral_churn", pa.float64()),
    ]
)


def stability_rows(connection, pairs, sources):
    """What each model moved between the rounds of each pair.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    pairs : relation (round_number, lag_round, minimum_overlap)
    sources : kardashev.rounds.prepared.Sources, with loadings

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
        A row for each model that is accepted in both rounds. A figure is null where the two share too
        few stocks, one of them is constant there, or has no such form.
    """
    wanted = pairs.select("round_number, lag_round, minimum_overlap").order("all").fetchall()

    numbers = list(dict.fromkeys(chain.from_iterable(pair[:2] for pair in wanted)))
    last_pair = {n: place for place, pair in enumerate(wanted) for n in pair[:2]}

    def positions(reader, number):
        return Positions.of(PreparedBlock.read(reader, number, sources))

    made = zip(numbers, in_turn(connection, numbers, positions), strict=True)

    def batches():
        held = {}
        for place, (number, lag, minimum_overlap) in enumerate(wanted):
            while number not in held or lag not in held:
                newest, moves = next(made)
                held[newest] = moves
            found = _compared(held[number], held[lag], minimum_overlap)
            held = {n: moves for n, moves in held.items() if last_pair[n] > place}
            count = len(found[0])
            yield batch(SCHEMA, [pa.repeat(number, count), pa.repeat(lag, count), *found])

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


@dataclass(frozen=True)
class Matrix:
    """Values (stocks, models), and which stocks and models they are, in the order of their ids."""

    stocks: Index
    models: Index
    values: np.ndarray

    def of_models(self, keys):
        """The columns of some models, by their keys."""
        places = self.models.here(keys)
        return self.values if len(keys) == len(self.models) else self.values.T[places].T

    def shared(self, other):
        """Which of the stocks another matrix has too."""
        return np.isin(self.stocks.keys, other.stocks.keys)


@dataclass(frozen=True)
class Positions:
    """What moves from round to round: ranks, ranks outside N, and normalised neutral weights."""

    ranks: Matrix
    neutral_ranks: Matrix
    weights: Matrix

    @classmethod
    def of(cls, block):
        """Of a prepared block, as small as it can be kept."""
        kind = np.min_scalar_type(2 * len(block.stocks))
        neutral_models, neutral_ranks = block.form(NEUTRAL)
        here = block.has_neutralizers
        return cls(
            ranks=Matrix(block.stocks, block.models, block.ranks.astype(kind)),
            neutral_ranks=Matrix(block.stocks, neutral_models, neutral_ranks.astype(kind)),
            weights=Matrix(
                block.stocks.only(here),
                block.models
                if here.any()
                else block.models.only(np.zeros(len(block.models), bool)),
                normalized(block.weights) if here.any() else np.empty((0, 0)),
            ),
        )


def _compared(later, earlier, minimum_overlap):
    """Keys of the models that both have, and their three figures."""
    models = later.ranks.models
    keys = models.keys[np.isin(models.keys, earlier.ranks.models.keys)]
    index = Index.of(keys, None)
    parts = (
        (later.ranks, earlier.ranks, _churn),
        (later.weights, earlier.weights, _turnover),
        (later.neutral_ranks, earlier.neutral_ranks, _churn),
    )
    figures = []
    for new, old, figure in parts:
        found = np.full(len(keys), np.nan)
        here, there = new.shared(old), old.shared(new)
        most = max(len(new.stocks), len(old.stocks))
        common = keys[np.isin(keys, new.models.keys) & np.isin(keys, old.models.keys)]
        if len(common) and most and here.sum() >= minimum_overlap * most:
            found[index.here(common)] = figure(
                new.of_models(common), old.of_models(common), here, there
            )
        figures.append(found)
    return keys, *figures


def _churn(later, earlier, here, there):
    return churn(ranks_among(later, here), ranks_among(earlier, there))


def _turnover(later, earlier, here, there):
    return turnover(later[here], earlier[there])
