"""Publication into a file and into lakes: wall and CPU seconds, MB written, and a reader's seconds.

    python tests/bench/publication.py [MODELS] [ROUNDS] [CATALOG]

The marts are those of bench/dashboard.py, made up, not built: 2,000,000 rows of fct_scores. They are
published whole; with nothing changed; with one round changed. Then a reader asks for a mean over all rows,
and for one round. CATALOG is another lake to measure instead, as KARDASHEV_PUBLISHED names it: one in
Postgres, with its folder in KARDASHEV_LAKE_DATA.
"""

import sys
import tempfile
import time
from pathlib import Path

import duckdb

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "bench"), str(TESTS / "dashboard")]

from clock import cpu  # noqa: E402
from dashboard import MODELS, ROUNDS, ROWS  # noqa: E402
from published_copies import contracts  # noqa: E402

from kardashev.warehouse.environment import PUBLISHED, named_place  # noqa: E402
from kardashev.warehouse.publish import publish  # noqa: E402
from kardashev.warehouse.reading import reading  # noqa: E402

PLACES = ("published.duckdb", "ducklake:sqlite:lake.sqlite", "ducklake:lake.ducklake")
WHOLE = ("dim_rounds", "dim_models")  # not redone by row
CHANGE = """
create or replace table due as select {rounds} - 1 as round_number;
create or replace table due_days as select max(as_of_date) as as_of_date from leaderboard_models;
update fct_scores set value = -value where round_number in (from due);
"""
QUESTIONS = {
    "a mean by score": "select score, avg(value) from fct_scores group by score",
    "one round": "select max(value) from fct_scores where round_number = 77",
}


def main(models=MODELS, rounds=ROUNDS, *catalogs):
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("set threads = 2")
        for name, columns in contracts().items():
            typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'create table "{name}" ({typed})')
        connection.execute(ROWS.format(models=models, rounds=rounds))
        for text in catalogs or PLACES:
            print(text)
            measure(connection, named_place(PUBLISHED, text, Path(folder)), Path(folder), rounds)


def measure(connection, place, folder, rounds):
    connection.execute("create or replace table due (round_number int)")
    connection.execute("create or replace table due_days (as_of_date date)")
    former = None
    for what, is_changed in (("whole", False), ("nothing changed", False), ("one round", True)):
        if is_changed:
            connection.execute(CHANGE.format(rounds=rounds))
        before = sizes(folder)
        start = time.perf_counter()
        former, cpu_seconds = cpu(lambda former=former: published(connection, place, former))
        seconds = time.perf_counter() - start
        written = {path: size for path, size in sizes(folder).items() if path not in before}
        shown = f"{seconds:6.2f} s wall {cpu_seconds:6.2f} s CPU"
        print(
            f"  {what:16} {shown}, {len(written)} new files, {sum(written.values()) / 1e6:.1f} MB"
        )
    with reading(place) as reader:
        for what, question in QUESTIONS.items():
            start = time.perf_counter()
            reader.execute(question).fetchall()
            print(f"  {what:16} {time.perf_counter() - start:6.3f} s to read")


def published(connection, place, former):
    """Publishes as the next build does; returns the row of the publication."""
    if former is not None:
        connection.register("former", former)
        connection.execute("create or replace table publication as from former")
        connection.execute("update publication set builds_begun = 1")
        former = connection.table("publication")
    names = list(contracts())
    marts = {name: connection.table(name) for name in names}
    redone = connection.sql(" union all ".join(map(redone_row, names)))
    return publish(connection, marts, place, redone, former)


def redone_row(name):
    columns, condition = contracts()[name], "null"
    if name not in WHOLE and "round_number" in columns:
        condition = "'round_number in (select round_number from due)'"
    elif name not in WHOLE and "as_of_date" in columns:
        condition = "'as_of_date in (select as_of_date from due_days)'"
    return f"select '{name}' as mart, {condition} as condition"


def sizes(folder):
    """Bytes of each file, by path and inode: a file that is swapped in is another one."""
    found = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {(path, stat.st_ino): stat.st_size for path, stat in found}


if __name__ == "__main__":
    counts, catalogs = sys.argv[1:3], sys.argv[3:]
    main(*map(int, counts), *catalogs)
