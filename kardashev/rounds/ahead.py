"""Rounds that are small are read many at once: a statement of DuckDB costs a millisecond or more."""

from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Lock

import numpy as np

BYTES_AHEAD = 4 << 20  # of one question; a round of an upload has 0.1 to 4 MB for each
ROUNDS_AHEAD = 64
NUMBER = "number_of_the_round"  # a column of its own beside those that are asked for


class Ahead:
    """Answers to questions about rounds that will be asked soon, shared by readers that work side by side.

    With a cursor of its own, what comes next is read by a thread while what is there is worked on. It is a
    context then, and ends with it.

    numbers : sequence of different round numbers, in the order in which they will be asked about
    cursor : duckdb.DuckDBPyConnection that nobody else uses, or None
    """

    def __init__(self, numbers=(), cursor=None):
        self.numbers = list(numbers)
        self.places = {number: place for place, number in enumerate(self.numbers)}
        self.questions, self.lock = {}, Lock()
        self.cursor, self.thread = cursor, cursor and ThreadPoolExecutor(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.thread:
            self.thread.shutdown(cancel_futures=True)

    def __contains__(self, number):
        return number in self.places

    def rows(self, asked, number, cursor, read, count):
        """The answer about one round; ``asked`` tells questions apart, the rest is of `Question`."""
        with self.lock:
            if asked not in self.questions:
                self.questions[asked] = Question(read, count)
            question = self.questions[asked]
        place = self.places[number]
        coming = _ascending(self.numbers[place : place + 2 * ROUNDS_AHEAD])
        return question.rows(coming, cursor, self._begin)

    def _begin(self, function, *arguments):
        """What a function of a cursor will have returned, if there is a thread for it."""
        return self.thread and self.thread.submit(function, *arguments, self.cursor)


class Question:
    """The answers to one question for rounds that were read together, and for those before them.

    As many rounds are read as fit into `BYTES_AHEAD` by the rows they have, which are counted before, and by
    the bytes of a row so far; the first that has rows is read alone. What is read alone is not held.

    ``read`` and ``count`` are functions of a cursor and of the first and the last of a range of rounds. The
    one gives their rows, with a column `NUMBER`, the other {round number: rows}. A list of rounds that are
    not neighbours would cost more: DuckDB reads long values of all rows around them.
    """

    def __init__(self, read, count):
        self.read, self.count = read, count
        self.lock, self.bytes_of_row = Lock(), BYTES_AHEAD
        self.newest, self.former, self.coming = {}, {}, None
        self.counted, self.counts = (
            range(0),
            [],
        )  # a span of rounds, and (round, rows) of those in it

    def rows(self, numbers, cursor, begin):
        """The rows of the first of some round numbers, without `NUMBER`; the others come next.

        ``begin`` starts a function of a cursor in another thread, and returns its future, or None.
        """
        number = numbers[0]
        with self.lock:
            for answers in (self.newest, self.former):
                if number in answers:
                    return answers[number]
            answers, self.coming = self.coming.result() if self.coming else {}, None
            if number not in answers:
                answers = self._together(numbers, cursor)
            if answers:
                self.former, self.newest = self.newest, answers
                if rest := numbers[len(answers) :]:
                    self.coming = begin(self._together, rest)
                return answers[number]
        return self._answers(numbers[:1], cursor)[number]

    def _together(self, numbers, cursor):
        """The answers for as many rounds as fit, none if only one does."""
        some = self._fitting(numbers[:ROUNDS_AHEAD], cursor)
        return self._answers(some, cursor) if len(some) > 1 else {}

    def _answers(self, numbers, cursor):
        rows = self.read(cursor, numbers[0], numbers[-1])
        if rows.num_rows:
            self.bytes_of_row = rows.nbytes / rows.num_rows
        return _by_round(rows, numbers)

    def _fitting(self, numbers, cursor):
        if len(numbers) == 1:
            return numbers
        if numbers[0] not in self.counted:
            self.counted = range(numbers[0], numbers[-1] + 1)
            self.counts = sorted(self.count(cursor, numbers[0], numbers[-1]).items())
        numbers, size = [number for number in numbers if number in self.counted], 0
        for number, row_count in self.counts:
            if number >= numbers[0]:
                size += row_count * self.bytes_of_row
                if size > BYTES_AHEAD:
                    return numbers[: max(1, bisect_left(numbers, number))]
        return numbers


def _ascending(numbers):
    """The first of some numbers, as far as they ascend."""
    falls = (place for place, (one, next_one) in enumerate(pairwise(numbers), 1) if next_one < one)
    return numbers[: next(falls, len(numbers))]


def _by_round(rows, numbers):
    """The rows of each round, in the order they have."""
    place = rows.schema.get_field_index(NUMBER)
    found, rows = rows.column(place).to_numpy(), rows.remove_column(place)
    if (np.diff(found) < 0).any():
        order = np.argsort(found, kind="stable")
        found, rows = found[order], rows.take(order)
    starts, ends = (np.searchsorted(found, numbers, side=side) for side in ("left", "right"))
    return {
        number: rows.slice(start, end - start)
        for number, start, end in zip(numbers, starts, ends, strict=True)
    }
