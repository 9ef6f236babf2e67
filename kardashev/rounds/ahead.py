"""Rounds that are small are read many at once: a statement of DuckDB costs a millisecond or more."""

import numpy as np

BYTES_AHEAD = 16 << 20  # of one question; a round of an upload has 0.1 to 4 MB for each
ROUNDS_AHEAD = 64
NUMBER = "number_of_the_round"  # a column of its own beside those that are asked for


class Ahead:
    """The answers to one question for some of the rounds that it will be asked for.

    As many are read at once as fit into `BYTES_AHEAD` by the rows they have, which are counted before, and
    by the bytes of a row so far; the first that has rows is read alone.

    Parameters
    ----------
    read : function of a list of round numbers that gives their rows, with a column `NUMBER`
    count : function of a list of round numbers that gives {round number: rows}
    """

    def __init__(self, read, count):
        self.read, self.count = read, count
        self.answers, self.bytes_of_row = {}, BYTES_AHEAD

    def rows(self, numbers):
        """The rows of the first of the round numbers still to come, without `NUMBER`."""
        number = numbers[0]
        if number not in self.answers:
            some = self._fitting(numbers[:ROUNDS_AHEAD])
            rows = self.read(some)
            self.answers = _by_round(rows, some)
            if rows.num_rows:
                self.bytes_of_row = rows.nbytes / rows.num_rows
        # a round that is read alone is large: it is not held on to
        return self.answers[number] if len(self.answers) > 1 else self.answers.pop(number)

    def _fitting(self, numbers):
        counts = self.count(numbers) if len(numbers) > 1 else {}
        sizes = np.cumsum([counts.get(number, 0) * self.bytes_of_row for number in numbers])
        return numbers[: max(1, int(np.searchsorted(sizes, BYTES_AHEAD, side="right")))]


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
