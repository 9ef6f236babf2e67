"""What is made at a round's close: columns packed, with bases; signals' ranks in every form, norms."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.kernels.neutralization import (
    centred_norms,
    least_squares_basis,
    least_squares_residual,
    orthonormality_error,
    outside_span,
)
from kardashev.kernels.ranking import doubled_rank, gaussianized, with_absent
from kardashev.rounds.blocks import by_round
from kardashev.rounds.landed import LandedColumns
from kardashev.rounds.matrices import (
    batch,
    in_order,
    packed,
    scattered_matrix,
    unpacked,
)
from kardashev.rounds.prepared import (
    COLUMNS,
    LEAST_SQUARES,
    NEUTRALIZERS,
    PLAIN,
    PreparedBlock,
)

RESIDUAL_TIE_WIDTH = 1e-12  # noise of a residual is near 1e-15; gaussianized signals are near 1

RANKS = pa.schema(
    [
        ("round_number", pa.int32()),
        ("signal_form", pa.string()),
        ("model_key", pa.int32()),
        ("doubled_ranks", pa.large_binary()),
    ]
)
LOADINGS = pa.schema(
    [
        ("round_number", pa.int32()),
        ("factor_set", pa.string()),
        ("basis", pa.string()),
        ("factor", pa.string()),
        ("stock_count", pa.int32()),
        ("loadings", pa.large_binary()),
        ("fingerprint", pa.string()),
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
ORTHONORMALITY = pa.schema(
    [
        ("round_number", pa.int32()),
        ("orthonormality_error", pa.float64()),
        ("columns_fingerprint", pa.string()),
    ]
)


def signal_rank_rows(connection, rounds, signals, landed, models, universe, loadings):
    """Ranks of every accepted signal over its universe, plain and outside each factor set.

    An absent stock stands in the middle. Gaussianized signals are neutralized by least squares to
    [columns of the set, 1]; a stock that lacks a column has a residual of 0. A signal in the span of a
    set has no such form.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    signals : relation (round_number, model_key, stock_key, doubled_rank), of known stocks, ranked among these
    landed : relation (round_number,), the rows that these are ranked from, which are quick to count
    models : relation (round_number, model_key, model_id)
    universe : relation (round_number, stock_key, stock_id)
    loadings : relation `LOADINGS`, with a least-squares basis of each set that signals are neutralized to

    Returns
    -------
    pyarrow.RecordBatchReader `RANKS`, ranks in the order of stock ids, packed

    Notes
    -----
    Source: numerai-tools 0.7.2 scoring.tie_kept_rank__gaussianize__neutralize__variance_normalize, which
    ranks rounding noise where residuals are equal in theory; here they are tied.
    """
    numbers = [number for (number,) in rounds.fetchall()]

    def of_round(reader, number):
        in_round = {"round_number": number}
        rows = reader.rows(signals, in_round, "model_key, stock_key, doubled_rank", landed)
        if not rows.num_rows:
            return
        stocks = reader.index(universe, in_round, "stock_key", "stock_id")
        accepted = reader.index(models, in_round, "model_key", "model_id", among=rows["model_key"])
        ranks = with_absent(scattered_matrix(rows, stocks, accepted, "doubled_rank"))
        del rows
        yield _rank_batch(number, PLAIN, accepted.keys, ranks)
        columns = "factor_set, factor, loadings"
        bases = reader.rows(loadings, in_round | {"basis": LEAST_SQUARES}, columns)
        gaussian = gaussianized(ranks) if bases.num_rows else None
        for name in bases["factor_set"].unique().sort().to_pylist():
            of_set = in_order(bases.filter(pc.equal(bases["factor_set"], name)), "factor")
            basis = unpacked(of_set["loadings"], len(stocks), "f").T
            kept, neutral = _neutralized(gaussian, basis)
            yield _rank_batch(number, name, accepted.keys[kept], neutral)

    return by_round(connection, RANKS, numbers, of_round)


def _neutralized(gaussian, basis):
    """Which signals have a part outside the span of a basis, and the ranks of those parts."""
    here = np.isfinite(basis[:, 0])
    residuals = np.zeros(gaussian.shape, order="F")
    residuals[here] = least_squares_residual(gaussian[here], basis[here])
    kept = np.isfinite(outside_span(centred_norms(residuals), centred_norms(gaussian)))
    return kept, doubled_rank(residuals[:, kept], RESIDUAL_TIE_WIDTH)


def _rank_batch(number, form, model_keys, ranks):
    count = len(model_keys)
    columns = [pa.repeat(number, count), pa.repeat(form, count), model_keys, packed(ranks.T)]
    return batch(RANKS, columns)


def factor_loading_rows(connection, rounds, universe, columns, sets, scans):
    """N and the factors of each set; and Q, the orthonormal basis of [the set, 1].

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number, fingerprint), the latter of all that the loadings are made from
    universe : relation (round_number, stock_key, stock_id)
    columns : relation (round_number, factor_set, table_name, factor)
    sets : relation (round_number, factor_set), those that signals are neutralized to
    scans : relation (round_number, table_name, names, scan), as in `LandedColumns.read`

    Returns
    -------
    pyarrow.RecordBatchReader `LOADINGS`
        ``basis`` is ``columns`` for a set itself and ``least_squares`` for Q, whose columns are numbered;
        loadings in the order of stock ids, packed, NaN where a stock lacks a value: in Q, any of the set's;
        ``stock_count`` is of the stocks that have any.
    """
    prints = dict(rounds.select("round_number, fingerprint").fetchall())
    wanted = set(sets.select("round_number, factor_set").fetchall())

    def of_round(reader, number):
        in_round = {"round_number": number}
        stocks = reader.index(universe, in_round, "stock_key", "stock_id")
        members = reader.rows(columns, in_round, "factor_set, table_name, factor")
        landed = {
            table: LandedColumns.read(reader, scans, number, table, stocks.ids)
            for table in members["table_name"].unique().to_pylist()
        }
        for name in members["factor_set"].unique().sort().to_pylist():
            of_set = members.filter(pc.equal(members["factor_set"], name))
            held = landed[of_set["table_name"][0].as_py()].only(of_set["factor"].to_pylist())
            if not held.names:
                continue
            about = number, name, held.has_row.any(axis=1).sum(), prints[number]
            yield _loadings_batch(about, COLUMNS, held.names, held.values)
            here = np.isfinite(held.values).all(axis=1)
            if (number, name) in wanted and here.any():
                span = least_squares_basis(held.values[here])
                spread = np.full((len(stocks), span.shape[1]), np.nan)
                spread[here] = span
                numbered = [f"{place:05d}" for place in range(span.shape[1])]
                yield _loadings_batch(about, LEAST_SQUARES, numbered, spread)

    return by_round(connection, LOADINGS, prints, of_round)


def _loadings_batch(about, basis, names, columns):
    count, (number, factor_set, stock_count, fingerprint) = columns.shape[1], about
    texts = [pa.repeat(factor_set, count), pa.repeat(basis, count), names]
    rest = [pa.repeat(stock_count, count), packed(columns.T), pa.repeat(fingerprint, count)]
    return batch(LOADINGS, [pa.repeat(number, count), *texts, *rest])


def neutral_norm_rows(connection, rounds, sources):
    """What each signal keeps outside N: norms of its residuals, null where that is rounding noise.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number,)
    sources : kardashev.rounds.prepared.Sources, with loadings and without norms

    Returns
    -------
    pyarrow.RecordBatchReader `NORMS`
    """
    numbers = [number for (number,) in rounds.fetchall()]

    def of_round(reader, number):
        block = PreparedBlock.read(reader, number, sources)
        if len(block.models) and block.has_neutralizers.any():
            count = len(block.models)
            norms = [block.least_squares_norms, block.projection_norms]
            columns = [pa.repeat(number, count), block.models.keys, *norms]
            yield batch(NORMS, columns)

    return by_round(connection, NORMS, numbers, of_round)


def orthonormality_profile(connection, rounds, universe, scans):
    """How far NᵀVN is from the identity in each round, for its contract.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    rounds : relation (round_number, columns_fingerprint)
    universe : relation (round_number, stock_id, sample_weight)
    scans : relation, as in `factor_loading_rows`

    Returns
    -------
    pyarrow.RecordBatchReader `ORTHONORMALITY`, of the rounds that have an N; the error is null where a stock
        of it has no sample weight or a missing value
    """
    prints = dict(rounds.select("round_number, columns_fingerprint").fetchall())
    landed = scans.filter(f"table_name = '{NEUTRALIZERS}'").select("round_number").fetchall()

    def of_round(reader, number):
        weighted = reader.rows(universe, {"round_number": number}, "stock_id, sample_weight")
        ids = weighted["stock_id"].combine_chunks()
        basis = LandedColumns.read(reader, scans, number, NEUTRALIZERS, ids).values
        here = ~np.isnan(basis).all(axis=1)
        weights = weighted["sample_weight"].to_numpy()[here]
        row = number, orthonormality_error(basis[here], weights), prints[number]
        yield batch(ORTHONORMALITY, [[cell] for cell in row])

    numbers = prints.keys() & {number for (number,) in landed}
    return by_round(connection, ORTHONORMALITY, numbers, of_round)
