"""Relations, read block by block, and rounds worked on side by side."""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kardashev.rounds.ahead import NUMBER, Ahead
from kardashev.rounds.matrices import in_order, scattered

DAY = ("target", "score_day", "known_at")  # one delivery of a target
WORTH_A_THREAD = 0.05  # seconds that a round takes
ROUNDS_OF_PACE = 16  # over which these are averaged, the newest most
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
    """Reads relations block by block, on a cursor of its own: dbt's is writing while these are read.

    ``ahead`` says which rounds will be asked about, so that small ones are read together.
    """

    def __init__(self, connection, ahead=None):
        self.cursor = connection.cursor()
        self.ahead = Ahead() if ahead is None else ahead
        self.at_hand, self.known = None, {}  # a block, and what was made of its rows

    def rows(self, relation, block, columns="*", counted=None):
        """Rows of a relation that belong to a block, as an Arrow table; a list means any of its values.

        ``counted`` is a relation that has as many rows or more, if they are costly to count.
        """
        number, rest = block.get("round_number"), dict(block)
        if isinstance(number, list) or number not in self.ahead:
            return _read(self.cursor, relation, columns, *_conditions(block))
        del rest["round_number"]
        conditions, values = _conditions(rest)
        conditions.append("round_number between $first and $last")

        def read(cursor, first, last):
            asked, span = f"round_number as {NUMBER}, {columns}", {"first": first, "last": last}
            return _read(cursor, relation, asked, conditions, values | span)

        def count(cursor, first, last):
            asked, span = "round_number, count(*) as rows", {"first": first, "last": last}
            held = relation if counted is None else counted  # a relation's truth would be a query
            rows = _read(cursor, held, asked, conditions, values | span, "group by all")
            return dict(zip(*rows.to_pydict().values(), strict=True))

        asked = relation.sql_query(), columns, *rest.items()
        return self.ahead.rows(asked, number, self.cursor, read, count)

    def index(self, relation, block, key, name, among=None):
        """The keys of a block in the order of their ids; only those ``among`` an array, if given."""
        rows = self._once(self._ids, relation, block, f"{key} as key, {name} as id")
        if among is not None:
            rows = rows.filter(pc.is_in(rows["key"], among.unique()))
        return Index.of(rows["key"].to_numpy(), rows["id"])

    def _ids(self, relation, block, columns):
        return in_order(self.rows(relation, block, columns), "id")

    def _once(self, read, relation, block, columns):
        """What ``read`` makes of a block's rows, once while the block is at hand: others need it too."""
        if block != self.at_hand:
            self.at_hand, self.known = block, {}
        asked = relation.sql_query(), columns
        if asked not in self.known:
            self.known[asked] = read(relation, block, columns)
        return self.known[asked]

    def targets(self, relation, block, stocks, days):
        """Targets (stocks, days) of a block, NaN where there is none; each of ``days`` has the keys `DAY`."""
        columns = ", ".join((*DAY, "stock_key", "value"))
        rows = self._once(self.rows, relation, block, columns)
        names, kept = rows["target"].combine_chunks(), [rows[name].to_numpy() for name in DAY[1:]]
        places, values = stocks.here(rows["stock_key"].to_numpy()), rows["value"].to_numpy()
        found = np.full((len(stocks), len(days)), np.nan, order="F")
        for column, day in zip(found.T, days, strict=True):
            here = pc.equal(names, day["target"]).to_numpy(zero_copy_only=False) & (places >= 0)
            for held, name in zip(kept, DAY[1:], strict=True):
                here &= held == np.asarray(day[name], held.dtype)
            column[places[here]] = values[here]
        return found

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


def _read(cursor, relation, columns, conditions, values, ending=""):
    query = f"select {columns} from ({relation.sql_query()}) where {' and '.join(conditions)}"
    return cursor.execute(f"{query} {ending}", values).to_arrow_table()


def _conditions(block):
    """Conditions in SQL that a block's names have its values, and the parameters of the query."""
    conditions, values = [], {}
    for name, value in block.items():
        among = value if isinstance(value, list) else [value]
        named = {f"{name}_{place}": one for place, one in enumerate(among)}
        # a list of values, not a subquery: only that is pushed into a view of window functions
        conditions.append(f"{name} in ({', '.join(f'${key}' for key in named)})")
        values |= named
    return conditions, values


def by_round(connection, schema, numbers, batches_of):
    """The batches of each round, in the order of the rounds, worked on side by side: see `in_turn`.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    schema : pyarrow.Schema
    numbers : iterable of round numbers
    batches_of : function of a `Blocks` and a round number that yields record batches

    Returns
    -------
    pyarrow.RecordBatchReader
    """

    def listed(reader, number):
        return list(batches_of(reader, number))

    made = in_turn(connection, sorted(numbers), listed)
    return pa.RecordBatchReader.from_batches(schema, chain.from_iterable(made))


def in_turn(connection, numbers, make):
    """What is made of each round, in the order given; as many at once as DuckDB has threads, up to four.

    numpy and DuckDB let other threads of Python go on while they compute. A round that waits for its turn is
    held with those before it, so memory grows with the threads and not with the rounds. While rounds take
    less than `WORTH_A_THREAD` they are made one after another: threads would mostly wait for Python. What
    comes next is read meanwhile, if DuckDB has more than one thread.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    numbers : sequence of different round numbers
    make : function of a `Blocks` and a round number

    Returns
    -------
    iterator over what is made
    """
    threads = connection.execute("select current_setting('threads')").fetchall()[0][0]
    at_once = max(1, min(threads, MOST_AT_ONCE, len(numbers)))

    def made():
        pace, waiting = 2 * WORTH_A_THREAD, deque()

        def timed(reader, number):
            nonlocal pace
            started = time.monotonic()
            one = make(reader, number)
            pace += (time.monotonic() - started - pace) / ROUNDS_OF_PACE
            return one

        cursor = connection.cursor() if threads > 1 else None
        with Ahead(numbers, cursor) as ahead, ThreadPoolExecutor(at_once) as pool:
            readers = [Blocks(connection, ahead) for _ in range(at_once)]
            for place, number in enumerate(numbers):
                if pace < WORTH_A_THREAD and not waiting:
                    yield timed(readers[0], number)
                    continue
                waiting.append(pool.submit(timed, readers[place % at_once], number))
                while len(waiting) == at_once or (waiting and pace < WORTH_A_THREAD):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    return made()


def rows_of_rounds(rows):
    """The rows of each round, by its number, of a list of dicts in the order of ``round_number``."""
    return {
        number: list(of_round) for number, of_round in groupby(rows, itemgetter("round_number"))
    }
