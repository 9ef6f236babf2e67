"""Slices: consecutive rounds of those that are due, each built in a warehouse of its own."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from kardashev.landing.layouts import quoted, text_literal
from kardashev.warehouse.versions import package_version

CUT = "cut"  # the name by which a slice's warehouse is attached while it is made
WORK = """
    with due as (
        select round_number from int_round_candidates
        union
        select round_number from int_target_day_candidates
    )
    select round_number from due where round_number between $first and $last order by round_number
"""
# With the windows of the windows: a round of a window is left out if one of its own window is refused.
JUDGED = """
    with recursive judged as (
        select round_number, lag_rounds, 0 as distance
        from int_rounds_landed where round_number between $first and $last
        union
        select landed.round_number, landed.lag_rounds, distance + 1
        from judged
        inner join int_rounds_landed as landed on list_contains(judged.lag_rounds, landed.round_number)
        where distance < 2
    )
    select round_number from judged
    union
    select unnest(former_lag_rounds) from int_round_candidates where round_number between $first and $last
    union
    select unnest(range($first, $last + 1))
"""
CONTENT = """
    select md5(concat_ws(':',
        (select sum(cast(hash(due) as hugeint))
         from int_round_candidates as due where list_contains($judged, round_number)),
        (select sum(cast(hash(before) as hugeint))
         from int_rounds_before as before where list_contains($judged, round_number)),
        (select sum(cast(hash(due) as hugeint))
         from int_target_day_candidates as due where round_number between $first and $last),
        (select sum(cast(hash(model_id, model_key) as hugeint)) from int_model_keys),
        (select sum(cast(hash(stock_id, stock_key) as hugeint)) from int_stock_keys),
        $version
    ))
"""


@dataclass(frozen=True)
class Slice:
    """Consecutive rounds, by the first and the last, of which some are due.

    rounds : number of rounds that are due
    judged : the rounds whose tables are judged: its own, those of their windows, and of the windows of these
    content : str, told apart by all that the slice is made from
    """

    first: int
    last: int
    rounds: int
    judged: tuple[int, ...]
    content: str

    @property
    def name(self):
        return f"{self.first:08}-{self.last:08}-{self.content}"

    def __str__(self):
        return f"rounds {self.first}-{self.last}"


def due_rounds(connection, first, last):
    """The rounds that are due among those that are asked for, in order.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection of the warehouse, after what comes before slices is built
    first, last : int

    Returns
    -------
    list of int
    """
    asked = {"first": first, "last": last}
    return [number for (number,) in connection.execute(WORK, asked).fetchall()]


def due_slices(connection, due, first_length, length):
    """The slices of the rounds that are due, in order.

    Parameters
    ----------
    connection : as in `due_rounds`
    due : list of int
    first_length, length : int, rounds of the first slice, and of each later one, at most

    Returns
    -------
    list of Slice
        Between them they are all rounds from the first to the last: one without work belongs to a slice too.
    """
    starts = [*due[:1], *due[first_length::length]]
    bounds = zip(starts, [*(start - 1 for start in starts[1:]), *due[-1:]], strict=True)
    return [
        _slice(connection, *span, sum(span[0] <= number <= span[1] for number in due))
        for span in bounds
    ]


def _slice(connection, first, last, rounds):
    asked = {"first": first, "last": last}
    judged = sorted(n for (n,) in connection.execute(JUDGED, asked).fetchall() if n is not None)
    content = connection.execute(
        CONTENT, asked | {"judged": judged, "version": package_version()}
    ).fetchall()[0][0]
    return Slice(first, last, rounds, tuple(judged), content)


def cut(database, slice_, parts, path):
    """Writes the warehouse of a slice: the tables it reads, of its rounds and those that it judges.

    Parameters
    ----------
    database : Path of the warehouse, which nothing writes meanwhile
    slice_ : Slice
    parts : kardashev.backfill.parts.Parts
    path : Path of a new file, of the same name: views name their tables by it
    """
    name = database.stem
    own = f"round_number between {slice_.first} and {slice_.last}"
    judged = f"round_number in ({', '.join(map(str, slice_.judged))})"
    conditions = dict.fromkeys(parts.kept, judged) | {
        "int_round_candidates": judged,
        "int_columns_due": judged,
        "int_target_day_candidates": own,
        "int_submissions_built": own,
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {text_literal(database)} as {quoted(name)} (read_only)")
        connection.execute(f"attach {text_literal(path)} as {CUT}")
        connection.execute(f"copy from database {quoted(name)} to {CUT} (schema)")
        for table in _tables(connection, name):
            if table in parts.before or table in parts.kept:
                connection.execute(
                    f"insert into {CUT}.{table} select * from {quoted(name)}.{table} "
                    f"where {conditions.get(table, 'true')}"
                )


def _tables(connection, name):
    query = (
        "select table_name from duckdb_tables() where database_name = ? and schema_name = 'main'"
    )
    return [table for (table,) in connection.execute(query, [name]).fetchall()]


def warehouse_of(folder, database):
    """The warehouse of a slice that is built in this folder."""
    return Path(folder) / database.name
