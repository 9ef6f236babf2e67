"""Reading rounds ahead: the same rows as round by round, in few statements, and never many bytes at once."""

import threading

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from kardashev.rounds import ahead, blocks
from kardashev.rounds.ahead import Ahead
from kardashev.rounds.blocks import Blocks, by_round

FORMS = ("plain", "outside factors")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def relation(connection, counts, order):
    """As many rows of each form in each round as are asked for, stored in some order."""
    rounds = np.repeat(np.arange(len(counts)), counts)
    connection.from_arrow(
        pa.table(
            {
                "round_number": np.repeat(rounds, len(FORMS))[order],
                "form": np.tile(FORMS, len(rounds))[order],
                "value": np.arange(len(FORMS) * len(rounds))[order],
            }
        )
    ).create("held")
    return connection.table("held")


def values(reader, held, number, form):
    return sorted(reader.rows(held, {"round_number": number, "form": form})["value"].to_pylist())


@pytest.mark.parametrize("has_thread", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_rounds_read_ahead_have_the_rows_of_rounds_read_alone(
    connection, monkeypatch, seed, has_thread
):
    monkeypatch.setattr(ahead, "BYTES_AHEAD", 4000)
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 1, 30, 500], 150)
    held = relation(connection, counts, rng.permutation(len(FORMS) * counts.sum()))
    numbers = sorted(rng.choice(150, 100, replace=False).tolist())
    numbers[40:] = reversed(numbers[40:])
    alone, cursor = Blocks(connection), connection.cursor() if has_thread else None
    with Ahead(numbers, cursor) as coming:
        following = Blocks(connection, coming)
        for number in numbers:
            for form in (*FORMS, FORMS[0]):
                assert values(following, held, number, form) == values(alone, held, number, form)
        assert values(following, held, 150, "plain") == []  # not among those that were said


@pytest.mark.parametrize("has_thread", [False, True])
def test_small_rounds_take_few_statements_and_large_ones_are_read_alone(
    connection, monkeypatch, has_thread
):
    monkeypatch.setattr(ahead, "BYTES_AHEAD", 4000)
    held = relation(connection, np.repeat([2, 500], 50), np.arange(2 * 50 * 502))
    read, of_block = [], blocks._read

    def counted(*asked):
        read.append(of_block(*asked))
        return read[-1]

    monkeypatch.setattr(blocks, "_read", counted)
    with Ahead(range(100), connection.cursor() if has_thread else None) as coming:
        reader = Blocks(connection, coming)
        for number in range(50):
            assert len(values(reader, held, number, "plain")) == 2
        assert len(read) <= 8
        for number in range(50, 100):
            assert len(values(reader, held, number, "plain")) == 500
    assert max(rows.num_rows for rows in read) == 500


def test_what_comes_next_is_read_while_a_round_is_worked_on(connection, monkeypatch):
    """And what cannot be read says so where it is asked for."""
    monkeypatch.setattr(ahead, "BYTES_AHEAD", 400)
    held = relation(connection, np.repeat(2, 100), np.arange(400))
    read = threading.Event()

    class Watched:
        def __init__(self, cursor):
            self.cursor = cursor

        def execute(self, *asked):
            read.set()
            return self.cursor.execute(*asked)

    with Ahead(range(100), Watched(connection.cursor())) as coming:
        reader = Blocks(connection, coming)
        for number in range(3):
            values(reader, held, number, "plain")
        assert read.wait(30)
        connection.execute("drop table held")
        with pytest.raises(duckdb.CatalogException, match="held"):
            for number in range(3, 100):
                values(reader, held, number, "plain")


def test_batches_of_many_rounds_come_in_their_order(connection):
    held = relation(connection, np.arange(50), np.arange(2 * np.arange(50).sum()))
    schema = pa.schema([("round_number", pa.int64()), ("value", pa.int64())])

    def of_round(reader, number):
        rows = reader.rows(held, {"round_number": number}, "round_number, value")
        yield from rows.cast(schema).to_batches()

    connection.execute("set threads = 3")
    found = by_round(connection, schema, reversed(range(50)), of_round).read_all()
    assert found.to_pylist() == held.select("round_number, value").to_arrow_table().to_pylist()
    assert by_round(connection, schema, [], of_round).read_all().num_rows == 0


def test_rounds_are_written_by_the_connection_whose_relations_they_are_read_from(connection):
    """As dbt does. A relation asked for more than its name would wait for this very statement."""
    held = relation(connection, np.repeat(9, 50), np.arange(2 * 50 * 9))
    schema = pa.schema([("value", pa.int64())])

    def of_round(reader, number):
        yield from reader.rows(held, {"round_number": number}, "value", counted=held).to_batches()

    connection.register("made", by_round(connection, schema, range(50), of_round))
    connection.execute("create table written as from made")
    assert connection.table("written").order("value").fetchall() == held.select("value").fetchall()
