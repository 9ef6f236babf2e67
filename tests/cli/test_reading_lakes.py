"""What reads the published copy reads a lake alike, through the same door."""

import duckdb
import pytest

from kardashev.dashboard.published import Published
from kardashev.errors import WarehouseError
from kardashev.warehouse.environment import PUBLISHED, named_place
from kardashev.warehouse.publish import publish

BEYOND = [
    "from sqlite_scan('{file}', 'ducklake_table')",
    "with one as (select (from system.main.sqlite_scan('{file}', 'x') limit 1)) from one",
    "from query('select 1')",
    "from read_text('/etc/hostname')",
    "from '{file}'",
    "summarize from SQLITE_SCAN('{file}', 'ducklake_table')",
]


@pytest.fixture(scope="module")
def lake(played, tmp_path_factory):
    """What the made-up copy holds, published into a lake."""
    folder = tmp_path_factory.mktemp("lake")
    made = named_place(PUBLISHED, "ducklake:sqlite:lake.sqlite", folder)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{played}' as played (read_only)")
        names = connection.execute("select table_name from duckdb_tables()").fetchall()
        marts = {name: connection.sql(f"from played.main.{name}") for (name,) in names}
        notes = connection.sql("select 'house' as tournament, 100 as newest_round_closed")
        publish(connection, marts, made, notes=notes)
    return made


@pytest.mark.parametrize(
    "command",
    [
        ["query", "select * from fct_scores order by all limit 50", "--csv"],
        ["scores", "model_1", "--json"],
        ["export", "leaderboard"],
        ["report", "--fund"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_prints_of_a_lake_what_it_prints_of_the_file(run, played, lake, command):
    (status, *of_file), (_, *of_lake) = (
        run(*command, "--published", place) for place in (played, lake)
    )
    assert status == 0
    of_file, of_lake = (
        [line for text in of for line in text.splitlines() if not line.startswith("From ")]
        for of in (of_file, of_lake)
    )
    assert of_lake == of_file


def test_status_knows_a_lake(run, played, lake, tmp_path):
    options = ["--landing", tmp_path, "--database", tmp_path / "none.duckdb", "--json"]
    _, of_file, _ = run("status", *options, "--published", played)
    _, of_lake, _ = run("status", *options, "--published", str(lake))
    rounds = [printed[printed.index('"rounds": [') :] for printed in (of_file, of_lake)]
    assert rounds[0] == rounds[1]
    assert f"{lake.name}" in of_lake


def test_the_dashboard_reads_a_lake(played, lake):
    found, expected = (Published(place).read("rounds") for place in (lake, played))
    assert found.equals(expected)
    missing = named_place(PUBLISHED, "ducklake:sqlite:none.sqlite", lake.file.parent)
    with pytest.raises(WarehouseError, match="cannot be read"):
        Published(missing).check()


@pytest.mark.parametrize("query", BEYOND)
def test_sql_by_anybody_reads_a_lake_and_nothing_else(run, lake, query):
    status, printed, said = run("query", query.format(file=lake.file), "--published", str(lake))
    assert (status, printed, len(said.splitlines())) == (2, "", 1)


def test_sql_goes_back_to_when_a_round_had_closed(run, lake, played):
    sql = "select count(*) as n from fct_scores"
    of_file = run("query", sql, "--published", played)
    assert run("query", sql, "--closed", 100, "--published", str(lake)) == of_file
    status, _, said = run("query", sql, "--closed", 101, "--published", str(lake))
    assert (status, len(said.splitlines())) == (2, 1)
    assert "no publication of when round 101" in said
    _, _, said = run("query", sql, "--closed", 100, "--published", played)
    assert "former ones are kept in a lake" in said
