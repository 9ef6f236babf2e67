"""What is neutralized once, at a round's close: weights, residual ranks, bases and norms, as long rows."""

from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa

from kardashev.kernels.neutralization import (
    centred_norms,
    least_squares_basis,
    least_squares_residual,
    neutral_weights,
    orthonormality_error,
    outside_span,
)
from kardashev.kernels.ranking import doubled_rank
from kardashev.rounds.blocks import Blocks, batch, long_rows, named_columns
from kardashev.rounds.prepared import PreparedBlock

RESIDUAL_TIE_WIDTH = 1e-12  # noise of a residual is near 1e-15; gaussianized signals are near 1

ROUND_MODEL_STOCK = [
    ("round_number", pa.int32()),
    ("model_key", pa.int32()),
    ("stock_key", pa.int32()),
]
WEIGHTS = pa.schema([*ROUND_MODEL_STOCK, ("weight", pa.float64())])
NEUTRAL_RANKS = pa.schema(
    [
        ("round_number", pa.int32()),
        ("factor_set", pa.string()),
        *ROUND_MODEL_STOCK[1:],
        ("doubled_rank", pa.int32()),
    ]
)
BASES = pa.schema(
    [
        ("round_number", pa.int32()),
        ("basis", pa.string()),
        ("factor", pa.string()),
        ("stock_key", pa.int32()),
        ("value", pa.float64()),
    ]
)
NORMS = pa.schema(
    [
        ("round_number", pa.int32()),
        ("model_key", pa.int32()),
        ("least_squares_norm", pa.float64()),
        ("projection_norm", pa.float64()),
    ]
)


def neutral_weight_rows(connection, rounds, sources):
    """Neutral weights of every signal of the given rounds.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    sources : kardashev.rounds.prepared.Sources

    Returns
    -------
    pyarrow.RecordBatchReader (round_number, model_key, stock_key, weight)
        No row for a stock that lacks a value in a column of N: it has no weight.
    """

    def weights(block):
        here = block.has_neutralizers
        found = neutral_weights(
            block.powered[here], block.neutralizers[here], block.sample_weights[here]
        )
        constants = block.in_round.values()
        return long_rows(WEIGHTS, constants, block.models.keys, block.stocks.keys[here], found)

    return _by_round(connection, WEIGHTS, rounds, sources, weights)


def neutral_basis_rows(connection, rounds, sources):
    """N on the stocks that have all of it, and Q, the orthonormal basis of [N, 1] there.

    Parameters as in `neutral_weight_rows`.

    Returns
    -------
    pyarrow.RecordBatchReader (round_number, basis, factor, stock_key, value)
        ``basis`` is ``projection`` for N and ``least_squares`` for Q, whose columns are numbered.
    """

    def bases(block):
        here = block.has_neutralizers
        _, names = block.reader.columns(sources.neutralizers, block.in_round, block.stocks)
        numbers = [f"{number:05d}" for number in range(block.least_squares.shape[1])]
        for basis, columns, factors in (
            ("projection", block.neutralizers[here], names.to_pylist()),
            ("least_squares", block.least_squares, numbers),
        ):
            size, count = columns.size, int(here.sum())
            yield batch(
                BASES,
                [
                    pa.repeat(block.block["round_number"], size),
                    pa.repeat(basis, size),
                    np.repeat(np.array(factors, dtype=object), count),
                    np.tile(block.stocks.keys[here], columns.shape[1]),
                    columns.ravel(order="F"),
                ],
            )

    return _by_round(connection, BASES, rounds, sources, bases)


def neutral_norm_rows(connection, rounds, sources):
    """What each signal keeps outside N: norms of its residuals, null where that is rounding noise.

    Parameters as in `neutral_weight_rows`.

    Returns
    -------
    pyarrow.RecordBatchReader (round_number, model_key, least_squares_norm, projection_norm)
    """

    def norms(block):
        yield batch(
            NORMS,
            [
                pa.repeat(block.block["round_number"], len(block.models)),
                block.models.keys,
                block.least_squares_norms,
                block.projection_norms,
            ],
        )

    return _by_round(connection, NORMS, rounds, sources, norms)


def _by_round(connection, schema, rounds, sources, batches_of):
    numbers = sorted(rounds.fetchall())

    def batches():
        reader = Blocks(connection)
        for (number,) in numbers:
            block = PreparedBlock.read(reader, {"round_number": number}, sources)
            if len(block.models) and block.has_neutralizers.any():
                yield from batches_of(block)

    return pa.RecordBatchReader.from_batches(schema, batches())


def neutralized_signal_rows(connection, sets, sources, factors):
    """Ranks of what each signal keeps outside a factor set, on the full universe.

    Gaussianized signals are neutralized by least squares to [columns of the set, 1]. A stock that lacks a
    column is filled with the middle, as an absent one. A signal in the span of the set has no rows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    sets : relation (round_number, factor_set)
    sources : kardashev.rounds.prepared.Sources
    factors : relation (round_number, factor_set, stock_key, factor, value)

    Returns
    -------
    pyarrow.RecordBatchReader (round_number, factor_set, model_key, stock_key, doubled_rank)

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize, which
    ranks rounding noise where residuals are equal in theory; here they are tied.
    """
    wanted = sorted(sets.fetchall())

    def batches():
        reader = Blocks(connection)
        for number, of_round in groupby(wanted, itemgetter(0)):
            block = PreparedBlock.read(reader, {"round_number": number}, sources)
            if not len(block.models):
                continue
            for _, name in of_round:
                in_set = block.in_round | {"factor_set": name}
                columns, _ = reader.columns(factors, in_set, block.stocks)
                here = np.isfinite(columns).all(axis=1)
                residuals = np.zeros(block.gaussian.shape, order="F")
                basis = least_squares_basis(columns[here])
                residuals[here] = least_squares_residual(block.gaussian[here], basis)
                norms = outside_span(centred_norms(residuals), centred_norms(block.gaussian))
                kept = np.isfinite(norms)
                ranks = doubled_rank(residuals[:, kept], RESIDUAL_TIE_WIDTH)
                keys = block.models.keys[kept]
                yield from long_rows(NEUTRAL_RANKS, in_set.values(), keys, block.stocks.keys, ranks)

    return pa.RecordBatchReader.from_batches(NEUTRAL_RANKS, batches())


def orthonormality_profile(connection, rounds, neutralizers, universe):
    """How far NᵀVN is from the identity in each round, for its contract.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    neutralizers : relation (round_number, stock_id, factor, value)
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
        ids = weighted["stock_id"].combine_chunks()
        places = pa.compute.index_in(rows["stock_id"], ids).fill_null(-1).to_numpy()
        basis, _ = named_columns(rows, places, len(ids))
        here = ~np.isnan(basis).all(axis=1)
        error = orthonormality_error(basis[here], weighted["sample_weight"].to_numpy()[here])
        found.append({"round_number": number, "orthonormality_error": error})
    schema = pa.schema([("round_number", pa.int32()), ("orthonormality_error", pa.float64())])
    return pa.Table.from_pylist(found, schema=schema)
