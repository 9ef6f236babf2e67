"""Long rows to matrices and back, one block at a time, so that memory is bounded by a round.

A block is a round, or a part of its universe that a target covers. Stocks and models stand in the order of
their ids, never of their keys, so that a matrix does not depend on the order in which things arrived.
"""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute

from kardashev.contribution import alpha, meta_portfolio, meta_portfolio_contribution
from kardashev.neutralization import neutral_weights
from kardashev.ranking import gaussianized, signed_power

MODELS_AT_ONCE = 256  # columns turned into long rows in one batch

TARGET_DAY = ("target", "score_day", "known_at")  # one delivery of a target's day, in its round

NO_STAKE = "nothing is at risk in the round"
NO_PORTFOLIO = "the meta portfolio is zero"
FEW_NEUTRALIZERS = "neutralizers cover under {:.0%} of the stocks"


@dataclass(frozen=True)
class Index:
    """Keys in the order of their ids, and where each key stands.

    keys : int array (n,)
    places : int array (largest key + 1,), −1 where a key is not here
    """

    keys: np.ndarray
    places: np.ndarray

    @classmethod
    def ordered(cls, keys, ids):
        """From keys and their ids, both (n,), in any order."""
        keys = np.asarray(keys)[np.argsort(np.asarray(ids, dtype=object), kind="stable")]
        places = np.full(int(keys.max(initial=-1)) + 1, -1)
        places[keys] = np.arange(len(keys))
        return cls(keys, places)

    def __len__(self):
        return len(self.keys)


class Blocks:
    """Reads relations block by block, on a cursor of its own: dbt's is writing while these are read."""

    def __init__(self, connection):
        self.cursor = connection.cursor()

    def rows(self, relation, block, columns="*"):
        """Rows of a relation that belong to a block, as an Arrow table."""
        conditions = " and ".join(f"{name} = ${name}" for name in block)
        query = f"select {columns} from ({relation.sql_query()}) where {conditions}"
        return self.cursor.execute(query, block).to_arrow_table()

    def index(self, relation, block, key, name):
        """The keys of a block in the order of their ids."""
        rows = self.rows(relation, block, f"distinct {key} as key, {name} as id")
        return Index.ordered(rows["key"].to_numpy(), rows["id"].to_pylist())


def matrix(rows, stocks, columns, column_key, value, fill):
    """Scatters long rows into a matrix (stocks, columns); what no row names holds ``fill``."""
    held = np.full((len(stocks), len(columns)), fill, dtype=np.result_type(type(fill)))
    stock_places = stocks.places[rows["stock_key"].to_numpy()]
    held[stock_places, columns.places[rows[column_key].to_numpy()]] = rows[value].to_numpy()
    return held


def neutral_weight_rows(connection, blocks, signals, models, universe, neutralizers):
    """Neutral weights of every signal of the given blocks, as long rows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    blocks : relation whose columns (round_number, maybe coverage_id) name the blocks
    signals : relation (block's columns, model_key, stock_key, doubled_rank), each model on all stocks
    models : relation (round_number, model_key, model_id)
    universe : relation (round_number, stock_key, stock_id, sample_weight)
    neutralizers : relation (round_number, stock_id, neutralizer, value), the matrix N as long rows

    Returns
    -------
    pyarrow.RecordBatchReader (block's columns, model_key, stock_key, weight)
        No row for a stock that lacks a value in a column of N: it has no weight.
    """
    names = blocks.columns
    schema = pa.schema(
        [(name, pa.int32() if name == "round_number" else pa.int64()) for name in names]
        + [("model_key", pa.int32()), ("stock_key", pa.int32()), ("weight", pa.float64())]
    )
    wanted = sorted(blocks.fetchall())

    def batches():
        reader = Blocks(connection)
        for values in wanted:
            block = dict(zip(names, values, strict=True))
            yield from _weight_batches(
                reader, block, schema, signals, models, universe, neutralizers
            )

    return pa.RecordBatchReader.from_batches(schema, batches())


def _weight_batches(reader, block, schema, signals, models, universe, neutralizers):
    in_round = {"round_number": block["round_number"]}
    rows = reader.rows(signals, block, "model_key, stock_key, doubled_rank")
    if not rows.num_rows:
        return
    members = reader.rows(universe, in_round, "stock_key, stock_id, sample_weight")
    members = members.filter(pa.compute.is_in(members["stock_key"], rows["stock_key"].unique()))
    stocks = Index.ordered(members["stock_key"].to_numpy(), members["stock_id"].to_pylist())
    columns = _signal_models(reader, models, in_round, rows)
    powered = signed_power(
        gaussianized(matrix(rows, stocks, columns, "model_key", "doubled_rank", 0))
    )

    basis, has_basis = _basis(reader, neutralizers, in_round, members, stocks)
    sample_weights = np.empty(len(stocks))
    sample_weights[stocks.places[members["stock_key"].to_numpy()]] = members[
        "sample_weight"
    ].to_numpy()
    weights = neutral_weights(powered[has_basis], basis[has_basis], sample_weights[has_basis])
    stock_keys = stocks.keys[has_basis]
    for start in range(0, len(columns), MODELS_AT_ONCE):
        part = weights[:, start : start + MODELS_AT_ONCE]
        keys = columns.keys[start : start + MODELS_AT_ONCE]
        values = [np.full(part.size, value) for value in block.values()]
        values += [np.repeat(keys, len(stock_keys)), np.tile(stock_keys, len(keys)), part.T.ravel()]
        arrays = [pa.array(v, field.type) for v, field in zip(values, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _signal_models(reader, models, in_round, rows):
    listed = reader.rows(models, in_round, "distinct model_key, model_id")
    listed = listed.filter(pa.compute.is_in(listed["model_key"], rows["model_key"].unique()))
    return Index.ordered(listed["model_key"].to_numpy(), listed["model_id"].to_pylist())


def _basis(reader, neutralizers, in_round, members, stocks):
    """N on the block's stocks, and which of them have a finite value in every column."""
    rows = reader.rows(neutralizers, in_round, "stock_id, neutralizer, value").combine_chunks()
    names = sorted(rows["neutralizer"].unique().to_pylist())
    key_of = dict(
        zip(members["stock_id"].to_pylist(), members["stock_key"].to_pylist(), strict=True)
    )
    encoded = rows["stock_id"].dictionary_encode().combine_chunks()
    ids = encoded.dictionary.to_pylist()
    places = np.array([stocks.places[key_of[i]] if i in key_of else -1 for i in ids], dtype=int)
    row_places = places[encoded.indices.to_numpy()] if ids else np.empty(0, dtype=int)
    columns = np.searchsorted(names, rows["neutralizer"].to_numpy(zero_copy_only=False))
    here = row_places >= 0
    basis = np.full((len(stocks), len(names)), np.nan)
    basis[row_places[here], columns[here]] = rows["value"].to_numpy()[here]
    return basis, np.isfinite(basis).all(axis=1) & bool(names)


SCORE_SCHEMA = pa.schema(
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
    ]
)


def portfolio_score_rows(connection, scores, weights, targets, shares, universe):
    """Alpha and MPC of every accepted model on the due target days, as long rows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    scores : relation (round_number, coverage_id, target, score_day, known_at, target_mean, score,
        score_version, family, normalizer, scale, minimum_overlap), of the families ``alpha`` and ``mpc``
    weights : relation (round_number, coverage_id, model_key, stock_key, weight)
    targets : relation (round_number, target, score_day, known_at, stock_key, value)
    shares : relation (round_number, model_key, model_id, stake_share), null shares where Σ stakes = 0
    universe : relation (round_number, stock_key, stock_id)

    Returns
    -------
    pyarrow.RecordBatchReader (`SCORE_SCHEMA`), a value or the reason why there is none
    """
    wanted = (
        scores.order("round_number, coverage_id, target, score_day, known_at")
        .to_arrow_table()
        .to_pylist()
    )

    def batches():
        reader = Blocks(connection)
        for (number, coverage), due in groupby(wanted, itemgetter("round_number", "coverage_id")):
            block = {"round_number": number, "coverage_id": coverage}
            yield from _score_batches(reader, block, list(due), weights, targets, shares, universe)

    return pa.RecordBatchReader.from_batches(SCORE_SCHEMA, batches())


def _score_batches(reader, block, due, weights, targets, shares, universe):
    in_round = {"round_number": block["round_number"]}
    models = reader.index(shares, in_round, "model_key", "model_id")
    if not len(models):
        return
    day_of = itemgetter(*TARGET_DAY)
    means = {day_of(row): row["target_mean"] for row in due}
    days = list(means)
    values = [
        reader.rows(targets, in_round | dict(zip(TARGET_DAY, day, strict=True))) for day in days
    ]
    covered = values[0]["stock_key"].unique()
    members = reader.rows(universe, in_round, "stock_key, stock_id")
    members = members.filter(pa.compute.is_in(members["stock_key"], covered))
    stocks = Index.ordered(members["stock_key"].to_numpy(), members["stock_id"].to_pylist())

    target_matrix = np.empty((len(stocks), len(days)))
    for column, rows in enumerate(values):
        target_matrix[stocks.places[rows["stock_key"].to_numpy()], column] = rows[
            "value"
        ].to_numpy()
    rows = reader.rows(weights, block, "model_key, stock_key, weight")
    weight_matrix = matrix(rows, stocks, models, "model_key", "weight", 0.0)
    weighted_share = len(rows["stock_key"].unique()) / len(stocks)

    staked = reader.rows(shares, in_round, "model_key, stake_share")
    stake_shares = np.empty(len(models))
    stake_shares[models.places[staked["model_key"].to_numpy()]] = staked["stake_share"].to_numpy()

    for row in due:
        column = days.index(day_of(row))
        day = target_matrix[:, [column]]
        reason = None
        if weighted_share < row["minimum_overlap"]:
            reason = FEW_NEUTRALIZERS.format(row["minimum_overlap"])
        elif row["family"] == "alpha":
            found = alpha(weight_matrix, day, means[days[column]])
        elif np.isnan(stake_shares).any():
            reason = NO_STAKE
        elif not meta_portfolio(weight_matrix, stake_shares).any():
            reason = NO_PORTFOLIO
        else:
            found = meta_portfolio_contribution(
                weight_matrix, day, stake_shares, row["normalizer"], row["scale"]
            )
        yield _score_batch(block, models, row, None if reason else found[:, 0], reason)


def _score_batch(block, models, row, values, reason):
    n = len(models)
    columns = {
        "round_number": np.full(n, block["round_number"]),
        "model_key": models.keys,
        "score": [row["score"]] * n,
        "score_version": [row["score_version"]] * n,
        "target": [row["target"]] * n,
        "score_day": np.full(n, row["score_day"]),
        "known_at": [row["known_at"]] * n,
        "value": [None] * n if values is None else values,
        "null_reason": [reason] * n,
    }
    arrays = [pa.array(columns[field.name], field.type) for field in SCORE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCORE_SCHEMA)
