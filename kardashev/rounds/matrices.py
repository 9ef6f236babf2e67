"""Long rows as matrices, and matrices as rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def in_order(rows, name):
    """Rows in the order of a column of texts; most are stored in it, and long ones are not copied then."""
    texts = rows[name].combine_chunks()
    is_sorted = pc.all(pc.less_equal(texts[:-1], texts[1:])).as_py()
    return rows.sort_by(name) if is_sorted is False else rows


def scattered(rows, index, key, value):
    """One value for each entry of an index, NaN where no row names it; other rows are left out."""
    places = index.here(rows[key].to_numpy())
    values = np.full(len(index), np.nan)
    values[places[places >= 0]] = rows[value].to_numpy()[places >= 0]
    return values


def scattered_matrix(rows, stocks, models, value):
    """Long rows (model_key, stock_key, value) as an int matrix (stocks, models), 0 without a row."""
    held = np.zeros((len(models), len(stocks)), np.int32)
    model_places = models.places[rows["model_key"].to_numpy()]
    stock_places = stocks.places[rows["stock_key"].to_numpy()]
    held.ravel()[model_places * len(stocks) + stock_places] = rows[value].to_numpy()
    return held.T


def scattered_columns(rows, places, columns, shape):
    """Long rows (value) as a matrix of a shape, NaN without a row.

    ``places`` and ``columns`` say where each row stands; a place of −1 is left out.
    """
    held, here = np.full(shape, np.nan), places >= 0
    held[places[here], columns[here]] = rows["value"].to_numpy()[here]
    return held


def packed(values):
    """A matrix (rows, length) of floats, or of whole numbers from 0 up, as a column of bytes, one a row.

    The numbers are little-endian: floats of 8 bytes, whole numbers of as many as the largest needs.
    DuckDB reads single rows of bytes; a list it would decompress with some two thousand others.
    """
    is_whole = np.issubdtype(values.dtype, np.integer)
    kind = np.min_scalar_type(values.max(initial=0)) if is_whole else np.dtype(float)
    held = np.ascontiguousarray(values, kind.newbyteorder("<"))
    offsets = np.arange(len(held) + 1, dtype=np.int64) * held.shape[1] * kind.itemsize
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(held)]
    return pa.Array.from_buffers(pa.large_binary(), len(held), buffers)


def unpacked(column, length, kind):
    """The matrix (rows, length) that was `packed`; ``kind`` is ``f`` for floats, ``u`` for whole numbers."""
    rows = len(column)
    if not rows or not length:
        return np.empty((rows, length), f"{kind}8")
    held = column.cast(pa.large_binary()).combine_chunks()
    _, offsets, values = held.buffers()
    first, last = np.frombuffer(offsets, np.int64)[[held.offset, held.offset + rows]]
    width = (last - first) // (rows * length)
    return np.frombuffer(values, f"<{kind}{width}", rows * length, first).reshape(rows, length)


def batch(schema, columns):
    """A record batch of columns in the schema's order, cast to its types."""
    return pa.RecordBatch.from_arrays(
        [typed(values, field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def typed(values, kind):
    """Values, in numpy or Arrow, as an Arrow array of a type; NaN becomes null."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if not isinstance(values, pa.Array):
        return pa.array(values, kind, from_pandas=True)
    return values if values.type == kind else values.cast(kind)
