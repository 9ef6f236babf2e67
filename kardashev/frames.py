"""Long rows to matrices and back, one block at a time, so that memory is bounded by a round.

A block is a round, or a part of its universe that a target covers. Stocks and models stand in the order of
their ids, never of their keys, so that a matrix does not depend on the order in which things arrived.
"""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.contribution import alpha, meta_portfolio, meta_portfolio_contribution
from kardashev.neutralization import neutral_weights, orthonormality_error
from kardashev.ranking import gaussianized, signed_power

MODELS_AT_ONCE = 256  # columns turned into long rows in one batch

TARGET_DAY = ("target", "score_day", "known_at")  # one delivery of a target's day, in its round

NO_STAKE = "nothing is at risk in the round"
NO_PORTFOLIO = "the meta portfolio is zero"
FEW_NEUTRALIZERS = "neutralizers cover under {:.0%} of the stocks"


@dataclass(frozen=True)
class Index:
    """Stocks or models of a block, in the order of their ids.

    keys : int array (n,)
    ids : pyarrow string array (n,)
    places : int array (largest key + 1,): where each key stands, −1 where it is not here
    """

    keys: np.ndarray
    ids: pa.ChunkedArray
    places: np.ndarray

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

    def index(self, relation, block, key, name, among=None):
        """The keys of a block in the order of their ids; only those ``among`` an array, if given."""
        rows = self.rows(relation, block, f"distinct {key} as key, {name} as id").sort_by("id")
        if among is not None:
            rows = rows.filter(pc.is_in(rows["key"], among.unique()))
        keys = rows["key"].to_numpy()
        places = np.full(int(keys.max(initial=-1)) + 1, -1)
        places[keys] = np.arange(len(keys))
        return Index(keys, rows["id"], places)

    def values(self, relation, block, index, key, value):
        """One value for each entry of an index, NaN where the relation has none."""
        rows = self.rows(relation, block, f"{key} as key, {value} as value")
        rows = rows.filter(pc.is_in(rows["key"], pa.array(index.keys, rows["key"].type)))
        values = np.full(len(index), np.nan)
        values[index.places[rows["key"].to_numpy()]] = rows["value"].to_numpy()
        return values


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
    stocks = reader.index(universe, in_round, "stock_key", "stock_id", among=rows["stock_key"])
    columns = reader.index(models, in_round, "model_key", "model_id", among=rows["model_key"])
    ranks = matrix(rows, stocks, columns, "model_key", "doubled_rank", 0)
    powered = signed_power(gaussianized(ranks))

    basis = _basis(reader.rows(neutralizers, in_round), stocks.ids)
    has_basis = np.isfinite(basis).all(axis=1) & bool(basis.shape[1])
    sample_weights = reader.values(universe, in_round, stocks, "stock_key", "sample_weight")
    weights = neutral_weights(powered[has_basis], basis[has_basis], sample_weights[has_basis])
    stock_keys = stocks.keys[has_basis]
    for start in range(0, len(columns), MODELS_AT_ONCE):
        part = weights[:, start : start + MODELS_AT_ONCE]
        keys = columns.keys[start : start + MODELS_AT_ONCE]
        values = [np.full(part.size, value) for value in block.values()]
        values += [np.repeat(keys, len(stock_keys)), np.tile(stock_keys, len(keys)), part.T.ravel()]
        arrays = [pa.array(v, field.type) for v, field in zip(values, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _basis(rows, stock_ids):
    """N from its long rows: (stocks, columns in the order of their names), NaN where there is no row."""
    names = rows["neutralizer"].unique().sort()
    basis = np.full((len(stock_ids), len(names)), np.nan)
    places = pc.index_in(rows["stock_id"], stock_ids.combine_chunks())
    here = rows.append_column("place", places).filter(pc.is_valid(places))
    columns = pc.index_in(here["neutralizer"], names)
    basis[here["place"].to_numpy(), columns.to_numpy()] = here["value"].to_numpy()
    return basis


def orthonormality_profile(connection, rounds, neutralizers, universe):
    """How far NᵀVN is from the identity in each round, for its contract.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    neutralizers : relation (round_number, stock_id, neutralizer, value)
    universe : relation (round_number, stock_id, sample_weight)

    Returns
    -------
    pyarrow.Table (round_number, orthonormality_error), for the rounds that have an N; null where a stock
        of it has no sample weight or a missing value
    """
    reader, found = Blocks(connection), []
    for (number,) in sorted(rounds.fetchall()):
        in_round = {"round_number": number}
        rows = reader.rows(neutralizers, in_round)
        if not rows.num_rows:
            continue
        weighted = reader.rows(universe, in_round, "distinct stock_id, sample_weight")
        basis = _basis(rows, weighted["stock_id"])
        here = ~np.isnan(basis).all(axis=1)
        error = orthonormality_error(basis[here], weighted["sample_weight"].to_numpy()[here])
        found.append({"round_number": number, "orthonormality_error": error})
    schema = pa.schema([("round_number", pa.int32()), ("orthonormality_error", pa.float64())])
    return pa.Table.from_pylist(found, schema=schema)


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
    stocks = reader.index(universe, in_round, "stock_key", "stock_id", among=values[0]["stock_key"])
    target_matrix = np.empty((len(stocks), len(days)))
    for column, rows in enumerate(values):
        target_matrix[stocks.places[rows["stock_key"].to_numpy()], column] = rows[
            "value"
        ].to_numpy()
    rows = reader.rows(weights, block, "model_key, stock_key, weight")
    weight_matrix = matrix(rows, stocks, models, "model_key", "weight", 0.0)
    weighted_share = len(rows["stock_key"].unique()) / len(stocks)
    stake_shares = reader.values(shares, in_round, models, "model_key", "stake_share")

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
