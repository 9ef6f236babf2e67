"""Relations, block by block, as matrices; and matrices as long rows."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MOST_AT_ONCE = 4  # rounds: one of real size takes a gigabyte or more


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

    @classmethod
    def of(cls, keys, ids):
        """The index of keys that are in the order of their ids."""
        places = np.full(int(keys.max(initial=-1)) + 1, -1)
        places[keys] = np.arange(len(keys))
        return cls(keys, ids, places)

    def __len__(self):
        return len(self.keys)

    def only(self, here):
        """The entries that a bool array marks."""
        return Index.of(self.keys[here], self.ids.filter(pa.array(here)))

    def here(self, keys):
        """Where each of an array of keys stands, −1 for those that are not here."""
        known = keys < len(self.places)
        return np.where(known, self.places[np.where(known, keys, 0)] if len(self) else -1, -1)


class Blocks:
    """Reads relations block by block, on a cursor of its own: dbt's is writing while these are read."""

    def __init__(self, connection):
        self.cursor = connection.cursor()
        self.indexed, self.known = None, {}  # a block, and the ids that were read of it

    def rows(self, relation, block, columns="*"):
        """Rows of a relation that belong to a block, as an Arrow table; a list means any of its values."""
        conditions = " and ".join(
            f"{name} in (select unnest(${name}))"
            if isinstance(value, list)
            else f"{name} = ${name}"
            for name, value in block.items()
        )
        query = f"select {columns} from ({relation.sql_query()}) where {conditions}"
        return self.cursor.execute(query, block).to_arrow_table()

    def index(self, relation, block, key, name, among=None):
        """The keys of a block in the order of their ids; only those ``among`` an array, if given."""
        rows = self._ids(relation, block, key, name)
        if among is not None:
            rows = rows.filter(pc.is_in(rows["key"], among.unique()))
        return Index.of(rows["key"].to_numpy(), rows["id"])

    def _ids(self, relation, block, key, name):
        """Keys and ids of a block in the order of the ids, read once: all forms have the same models."""
        if block != self.indexed:
            self.indexed, self.known = block, {}
        asked = relation.sql_query(), key, name
        if asked not in self.known:
            rows = self.rows(relation, block, f"distinct {key} as key, {name} as id")
            self.known[asked] = rows.sort_by("id")
        return self.known[asked]

    def values(self, relation, block, index, key, value):
        """One value for each entry of an index, NaN where the relation has none."""
        rows = self.rows(relation, block, f"{key} as key, {value} as value")
        return scattered(rows, index, "key", "value")

    def texts(self, relation, block, index, key, value):
        """One text for each entry of an index, empty where the relation has none."""
        rows = self.rows(relation, block, f"{key} as key, {value} as value")
        places = index.here(rows["key"].to_numpy())
        texts = np.full(len(index), "", dtype=object)
        texts[places[places >= 0]] = rows["value"].fill_null("").to_numpy()[places >= 0]
        return texts


def by_round(connection, schema, rounds, batches_of):
    """The batches of each round, in their order; as many rounds at once as DuckDB has threads, up to four.

    numpy and DuckDB let other threads of Python go on while they compute. A round that waits for its turn is
    held with those before it, so memory grows with the threads and not with the rounds.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    schema : pyarrow.Schema
    rounds : sequence, of round numbers or of what else ``batches_of`` takes
    batches_of : function of a `Blocks` and a round that yields record batches

    Returns
    -------
    pyarrow.RecordBatchReader
    """
    threads = connection.execute("select current_setting('threads')").fetchall()[0][0]
    at_once = min(threads, MOST_AT_ONCE)

    def listed(reader, one):
        return list(batches_of(reader, one))

    def batches():
        with ThreadPoolExecutor(at_once) as pool:
            waiting = deque()
            for one in rounds:
                waiting.append(pool.submit(listed, Blocks(connection), one))
                if len(waiting) == at_once:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    return pa.RecordBatchReader.from_batches(schema, batches())


def rows_of_rounds(rows):
    """Lists of rows of one round each, of a list of dicts in the order of ``round_number``."""
    return [list(of_round) for _, of_round in groupby(rows, itemgetter("round_number"))]


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


def named_columns(rows, places, count):
    """Long rows (factor, value) as a matrix (count, factors in the order of their names), and the names.

    ``places`` says where each row's stock stands, −1 for one that is left out; NaN where there is no row.
    """
    names = rows["factor"].unique().sort()
    columns = pc.index_in(rows["factor"], names).to_numpy()
    return scattered_columns(rows, places, columns, (count, len(names))), names


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
        [_cast(values, field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _cast(values, kind):
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return (
        values.cast(kind)
        if isinstance(values, pa.Array)
        else pa.array(values, kind, from_pandas=True)
    )
