"""What is made of a round's signals once, at its close: ranks in every form, bases of N, norms outside it."""

from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa

from kardashev.kernels.neutralization import (
    centred_norms,
    least_squares_basis,
    least_squares_residual,
    orthonormality_error,
    outside_span,
)
from kardashev.kernels.ranking import doubled_rank, gaussianized, with_absent
from kardashev.rounds.blocks import Blocks, batch, named_columns, packed, scattered_matrix
from kardashev.rounds.prepared import PLAIN, PreparedBlock

RESIDUAL_TIE_WIDTH = 1e-12  # noise of a residual is near 1e-15; gaussianized signals are near 1

RANKS = pa.schema(
    [
        ("round_number", pa.int32()),
        ("signal_form", pa.string()),
        ("model_key", pa.int32()),
        ("doubled_ranks", pa.large_binary()),
    ]
)
BASES = pa.schema(
    [
        ("round_number", pa.int32()),
        ("basis", pa.string()),
        ("factor", pa.string()),
        ("loadings", pa.large_binary()),
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


def signal_rank_rows(connection, rounds, signals, models, universe, factors, sets):
    """Ranks of every accepted signal over its universe, plain and outside each factor set.

    An absent stock stands in the middle. Gaussianized signals are neutralized by least squares to
    [columns of the set, 1]; a stock that lacks a column has a residual of 0. A signal in the span of a
    set has no such form.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    signals : relation (round_number, model_key, stock_key, doubled_rank), of known stocks, ranked among these
    models : relation (round_number, model_key, model_id)
    universe : relation (round_number, stock_key, stock_id)
    factors : relation (round_number, factor_set, stock_key, factor, value)
    sets : relation (round_number, factor_set), those that signals are neutralized to

    Returns
    -------
    pyarrow.RecordBatchReader `RANKS`, ranks in the order of stock ids, packed

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize, which
    ranks rounding noise where residuals are equal in theory; here they are tied.
    """
    numbers = sorted(number for (number,) in rounds.fetchall())
    wanted = sets.select("round_number, factor_set").order("all").fetchall()
    names = {number: [name for _, name in of_round] for number, of_round in _by_number(wanted)}

    def batches():
        reader = Blocks(connection)
        for number in numbers:
            in_round = {"round_number": number}
            rows = reader.rows(signals, in_round, "model_key, stock_key, doubled_rank")
            if not rows.num_rows:
                continue
            stocks = reader.index(universe, in_round, "stock_key", "stock_id")
            accepted = reader.index(
                models, in_round, "model_key", "model_id", among=rows["model_key"]
            )
            ranks = with_absent(scattered_matrix(rows, stocks, accepted, "doubled_rank"))
            del rows
            yield _rank_batch(number, PLAIN, accepted.keys, ranks)
            gaussian = gaussianized(ranks) if number in names else None
            for name in names.get(number, ()):
                columns, _ = reader.columns(factors, in_round | {"factor_set": name}, stocks)
                kept, neutral = _neutralized(gaussian, columns)
                yield _rank_batch(number, name, accepted.keys[kept], neutral)

    return pa.RecordBatchReader.from_batches(RANKS, batches())


def _by_number(rows):
    return groupby(rows, itemgetter(0))


def _neutralized(gaussian, columns):
    """Which signals have a part outside some columns, and the ranks of those parts."""
    here = np.isfinite(columns).all(axis=1)
    residuals = np.zeros(gaussian.shape, order="F")
    residuals[here] = least_squares_residual(gaussian[here], least_squares_basis(columns[here]))
    kept = np.isfinite(outside_span(centred_norms(residuals), centred_norms(gaussian)))
    return kept, doubled_rank(residuals[:, kept], RESIDUAL_TIE_WIDTH)


def _rank_batch(number, form, model_keys, ranks):
    count = len(model_keys)
    columns = [pa.repeat(number, count), pa.repeat(form, count), model_keys, packed(ranks.T)]
    return batch(RANKS, columns)


def neutral_basis_rows(connection, rounds, universe, neutralizers):
    """N on the stocks that have all of it, and Q, the orthonormal basis of [N, 1] there.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    universe : relation (round_number, stock_key, stock_id)
    neutralizers : relation (round_number, stock_key, factor, value)

    Returns
    -------
    pyarrow.RecordBatchReader `BASES`
        ``basis`` is ``projection`` for N and ``least_squares`` for Q, whose columns are numbered;
        loadings in the order of stock ids, packed, NaN where a stock lacks a value of N.
    """
    numbers = sorted(number for (number,) in rounds.fetchall())

    def batches():
        reader = Blocks(connection)
        for number in numbers:
            in_round = {"round_number": number}
            stocks = reader.index(universe, in_round, "stock_key", "stock_id")
            columns, names = reader.columns(neutralizers, in_round, stocks)
            here = np.isfinite(columns).all(axis=1) & bool(columns.shape[1])
            if not here.any():
                continue
            columns[~here] = np.nan
            span = least_squares_basis(columns[here])
            spread = np.full((len(stocks), span.shape[1]), np.nan)
            spread[here] = span
            numbered = [f"{place:05d}" for place in range(span.shape[1])]
            yield _basis_batch(number, "projection", names, columns)
            yield _basis_batch(number, "least_squares", numbered, spread)

    return pa.RecordBatchReader.from_batches(BASES, batches())


def _basis_batch(number, basis, names, columns):
    count = columns.shape[1]
    return batch(
        BASES,
        [
            pa.repeat(number, count),
            pa.repeat(basis, count),
            names,
            packed(columns.T),
        ],
    )


def neutral_norm_rows(connection, rounds, sources):
    """What each signal keeps outside N: norms of its residuals, null where that is rounding noise.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    sources : kardashev.rounds.prepared.Sources, with bases and without norms

    Returns
    -------
    pyarrow.RecordBatchReader `NORMS`
    """
    numbers = sorted(number for (number,) in rounds.fetchall())

    def batches():
        reader = Blocks(connection)
        for number in numbers:
            block = PreparedBlock.read(reader, number, sources)
            if len(block.models) and block.has_neutralizers.any():
                count = len(block.models)
                norms = [block.least_squares_norms, block.projection_norms]
                columns = [pa.repeat(number, count), block.models.keys, *norms]
                yield batch(NORMS, columns)

    return pa.RecordBatchReader.from_batches(NORMS, batches())


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
