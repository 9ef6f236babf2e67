"""Every score vector times every signal: the one pass over a round's signals that a new target day costs."""

from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.kernels.products import products
from kardashev.kernels.ranking import POWER, centred, gaussianized
from kardashev.rounds.blocks import by_round, rows_of_rounds
from kardashev.rounds.matrices import batch, scattered_columns
from kardashev.rounds.scored import scored_blocks

TRANSFORMS = {  # what of the ranks a vector meets
    "power": lambda ranks: gaussianized(ranks, POWER),
    "gaussian": gaussianized,
    "rank": centred,
}
SCHEMA = pa.schema(
    [
        ("vector_id", pa.int32()),
        ("signal_form", pa.string()),
        ("model_key", pa.int32()),
        ("product", pa.float64()),
        ("signal_total", pa.float64()),
        ("signal_total_of_squares", pa.float64()),
    ]
)


def signal_product_rows(connection, vectors, vector_values, sources, covered):
    """Products of score vectors with the signals of their blocks, beside what correlations need of
    each signal.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    vectors : relation (vector_id, round_number, coverage_id, signal_form, transform); ids in the order
        of blocks
    vector_values : relation (round_number, vector_id, stock_key, value), a value for each stock of the block
    sources : kardashev.rounds.prepared.Sources
    covered : relation (round_number, coverage_id, stock_key)

    Returns
    -------
    pyarrow.RecordBatchReader `SCHEMA`
    """
    columns = "round_number, coverage_id, signal_form, transform, vector_id"
    wanted = rows_of_rounds(vectors.select(columns).order("all").to_arrow_table().to_pylist())

    def of_round(reader, number):
        vector_rows = reader.rows(
            vector_values, {"round_number": number}, "vector_id, stock_key, value"
        )
        for block, of_block in scored_blocks(reader, number, wanted[number], sources, covered):
            for (form, transform), same in groupby(
                of_block, itemgetter("signal_form", "transform")
            ):
                numbers = [row["vector_id"] for row in same]
                models, ranks = block.form(form)
                values = TRANSFORMS[transform](ranks)
                matrix = _vectors(vector_rows, numbers, block.stocks)
                yield _batch(numbers, form, models, values, products(values, matrix))

    return by_round(connection, SCHEMA, wanted, of_round)


def _vectors(rows, numbers, stocks):
    """The vectors (stocks, numbers), whose numbers are in order; NaN without a row."""
    rows = rows.filter(pc.is_in(rows["vector_id"], pa.array(numbers, pa.int32())))
    places = stocks.here(rows["stock_key"].to_numpy())
    columns = np.searchsorted(numbers, rows["vector_id"].to_numpy())
    return scattered_columns(rows, places, columns, (len(stocks), len(numbers)))


def _batch(numbers, form, models, values, found):
    """All vectors of a form and transform, one after the other."""
    rows = values.T
    of_models = models.keys, rows.sum(axis=1), np.einsum("ij,ij->i", rows, rows)
    keys, totals, squares = (np.tile(column, len(numbers)) for column in of_models)
    vectors = np.repeat(np.array(numbers, np.int32), len(models))
    forms = pa.repeat(form, len(keys))
    return batch(SCHEMA, [vectors, forms, keys, found.T.ravel(), totals, squares])
