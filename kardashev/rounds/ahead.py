"""Rounds that are small are read many at once: a statement of DuckDB costs a millisecond or more."""

from bisect import bisect_left
from itertools import pairwise
from threading import Lock

import numpy as np

BYTES_AHEAD = 8 << 20  # of one question; a round of an upload has 0.1 to 4 MB for each
ROUNDS_AHEAD = 64
NUMBER = "number_of_the_round"  # a column of its own beside those that are asked for


class Ahead:
    """Answers to questions about rounds that will be asked soon, shared by readers that work side by side.

    numbers : sequence of different round numbers, in the order in which they will be asked about
    """

    def __init__(self, numbers=()):
        self.numbers = list(numbers)
        self.places = {number: place for place, number in enumerate(self.numbers)}
        self.questions, self.lock = {}, Lock()

    def __contains__(self, number):
        return number in self.places

    def rows(self, question, number, read, count):
        """The answer about one round; ``read`` and ``count`` are as of `Question`."""
        with self.lock:
            asked = self.questions.setdefault(question, Question())
        place = self.places[number]
        return asked.rows(self.numbers[place : place + ROUNDS_AHEAD], read, count)


class Question:
    """The answers to one question for rounds that were read together, and for those before them.

    As many rounds are read as fit into `BYTES_AHEAD` by the rows they have, which are counted before, and by
    the bytes of a row so far; the first that has rows is read alone. What is read alone is not held.

    ``read`` and ``count`` are functions of the first and the last of a range of rounds. The one gives their
    rows, with a column `NUMBER`, the other {round number: rows}. A list of rounds that are not neighbours
    would cost more: DuckDB reads long values of all rows around them.
    """

    def __init__(self):
        self.lock, self.bytes_of_row = Lock(), BYTES_AHEAD
        self.newest, self.former = {}, {}
        self.counted, self.counts = (
            range(0),
            [],
        )  # a span of rounds, and (round, rows) of those in it

    def rows(self, numbers, read, count):
        """The rows of the first of some round numbers, without `NUMBER`; the others come next."""
        number = numbers[0]
        with self.lock:
            for answers in (self.newest, self.former):
                if number in answers:
                    return answers[number]
            some = self._fitting(_ascending(numbers), count)
            if len(some) > 1:
                self.former, self.newest = self.newest, self._read(some, read)
                return self.newest[number]
        return self._read(some, read)[number]

    def _read(self, numbers, read):
        rows = read(numbers[0], numbers[-1])
        if rows.num_rows:
            self.bytes_of_row = rows.nbytes / rows.num_rows
        return _by_round(rows, numbers)

    def _fitting(self, numbers, count):
        if len(numbers) == 1:
            return numbers
        if numbers[0] not in self.counted:
            self.counted = range(numbers[0], numbers[-1] + 1)
            self.counts = sorted(count(numbers[0], numbers[-1]).items())
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
