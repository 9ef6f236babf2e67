"""Marts in a lake are those of one publication, whatever it starts from, ends it, or is written beside it."""

import json
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from built import Built

from kardashev.errors import SettingError, WarehouseError
from kardashev.warehouse import lake_opening
from kardashev.warehouse.environment import (
    LAKE_DATA,
    LAKE_SCHEMA,
    PUBLISHED,
    check_places,
    named_place,
    place,
)
from kardashev.warehouse.lake import Lake, masked
from kardashev.warehouse.lake_opening import check_lake
from kardashev.warehouse.reading import reading

PLACES = {"sqlite": "ducklake:sqlite:lake.sqlite", "duckdb": "ducklake:lake.ducklake"}
NOTES = "select '{}' as tournament, {} as newest_round_closed"
AS_CLOSED = """
    select min(snapshot_id)
    from lake.snapshots()
    where commit_extra_info ->> 'schema' = 'main'
        and cast(commit_extra_info ->> 'newest_round_closed' as integer) >= {}
"""


@pytest.fixture
def lake(request, tmp_path):
    """In a SQLite file, or as a test asks: opening a lake of either kind takes a fraction of a second."""
    return named_place(PUBLISHED, PLACES[getattr(request, "param", "sqlite")], tmp_path)


in_either = pytest.mark.parametrize("lake", PLACES, indirect=True)


def build(connection, lake, tournament="house"):
    warehouse = Built(connection, lake, notes=NOTES.format(tournament, 0))
    assert warehouse.publish()["is_whole"]
    return warehouse


@pytest.fixture
def built(lake):
    with duckdb.connect() as connection:
        yield build(connection, lake)


@pytest.fixture(scope="module")
def client():
    """A connection that has loaded what lakes need."""
    with duckdb.connect() as connection:
        for kind in PLACES:
            lake_opening.load(connection, Lake(kind, "", ""))
        yield connection


@pytest.fixture
def asked(client):
    """What a client is answered that attaches a lake for the query."""

    def ask(lake, query, snapshot=None):
        version = "" if snapshot is None else f", snapshot_version {snapshot}"
        client.execute(f"attach '{lake}' as lake (read_only{version})")
        try:
            client.execute(f"use lake.{lake.schema}")
            return client.execute(query).fetchall()
        finally:
            client.execute("use memory")
            client.execute("detach lake")

    return ask


@pytest.fixture
def is_level(asked):
    """Whether a lake holds the marts of a warehouse."""

    def ask(built):
        return all(
            sorted(asked(built.copy, f"from {name}"))
            == sorted(built.connection.table(name).fetchall())
            for name in built.marts
        )

    return ask


@pytest.fixture
def snapshots(asked):
    return lambda lake: [row[0] for row in asked(lake, "from lake.snapshots() order by 1")]


def files(lake, mart):
    return {path for path in Path(f"{lake.file}.files").rglob("*.parquet") if mart in path.parts}


@in_either
def test_a_publication_is_one_snapshot_and_where_nothing_has_changed_there_is_none(
    built, is_level, snapshots
):
    assert is_level(built)
    assert snapshots(built.copy) == [0, 1]  # 0 is the empty lake
    built.redo(value=None)
    publication = built.publish()
    assert (publication["replaced_count"], publication["snapshot_id"]) == (0, 1)
    assert snapshots(built.copy) == [0, 1]
    built.redo(3, value=5)
    built.run("update whole set value = 2")
    assert built.publish()["snapshot_id"] == 2
    assert snapshots(built.copy) == [0, 1, 2]
    assert is_level(built)


@in_either
def test_only_files_of_changed_rounds_are_written(built, asked, is_level):
    before = files(built.copy, "by_round"), files(built.copy, "whole")
    assert len(before[0]) == 9
    for rounds, value in (((9,), 1), ((2, 4), 7), ((0, 9), None)):  # new, corrected, withdrawn
        kept = files(built.copy, "by_round")
        built.redo(*rounds, value=value)
        publication = built.publish()
        assert (publication["is_whole"], publication["replaced_count"]) == (False, 1)
        assert is_level(built)
        written = files(built.copy, "by_round") - kept
        names = {f"round_number={number}" for number in rounds if value is not None}
        assert {path.parent.name for path in written} == names
    assert files(built.copy, "whole") == before[1]
    marked = "select count(*) from __ducklake_metadata_lake.ducklake_delete_file"
    assert asked(built.copy, marked) == [(0,)]


def test_days_are_written_by_month(lake, is_level):
    with duckdb.connect() as connection:
        connection.execute("""
            create table by_day as
            select date '2026-01-20' + range::int as as_of_date, 1 as value from range(60)
        """)
        warehouse = Built(connection, lake, marts=("by_day",))
        condition = "as_of_date in (select as_of_date from due_days)"
        connection.execute("create table due_days as select date '2026-03-01' as as_of_date")
        warehouse.redone = connection.sql(f"select 'by_day' as mart, $${condition}$$ as condition")
        warehouse.publish()
        before = files(lake, "by_day")
        assert len(before) == 3
        connection.execute("update by_day set value = 2 where as_of_date = '2026-03-01'")
        assert not warehouse.publish()["is_whole"]
        (written,) = files(lake, "by_day") - before
        assert written.parent.name == "month=3"
        assert is_level(warehouse)


def test_a_table_that_differs_beyond_its_worklist_is_written_whole(built, is_level):
    built.run("delete from by_round where round_number = 1")
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]
    assert is_level(built)


def test_builds_that_published_nothing_are_made_up_for(built, is_level):
    built.redo(5, value=8)
    built.redo(value=None)
    assert built.publish(builds_begun=2)["is_whole"]
    assert is_level(built)


def test_other_columns_and_marts_are_written_anew(built, asked, is_level, snapshots):
    built.run("alter table whole add column more int")
    built.redo(value=None)
    assert built.publish()["is_whole"]
    assert is_level(built)
    built.marts = ("by_round",)
    assert built.publish()["is_whole"]
    tables = "select table_name from duckdb_tables() where schema_name = 'main'"
    assert ("whole",) not in asked(built.copy, f"{tables} and database_name = 'lake'")
    assert len(snapshots(built.copy)) == 4


@in_either
def test_what_somebody_else_wrote_is_written_anew(built, is_level):
    with (
        duckdb.connect() as connection,
        lake_opening.attached(connection, built.copy, "lake") as cursor,
    ):
        cursor.execute("update lake.main.by_round set value = 99")
    built.redo(3, value=5)
    assert built.publish()["is_whole"]
    assert is_level(built)


def test_a_new_lake_in_the_place_of_the_former_is_written_whole(built, is_level):
    built.copy.file.unlink()
    check_lake(built.copy, PUBLISHED)
    built.redo(value=None)
    assert built.publish()["is_whole"]
    assert is_level(built)


def test_comments_travel_with_the_tables(built, asked):
    built.run("comment on table whole is 'what it''s for'")
    built.run("""comment on column by_round.value is 'a value; "quoted"'""")
    assert built.publish(builds_begun=2)["is_whole"]
    built.redo(2, value=3)
    assert not built.publish()["is_whole"]
    tables = (
        "select comment from duckdb_tables() where database_name = 'lake' and schema_name = 'main'"
    )
    assert set(asked(built.copy, tables)) == {(None,), ("what it's for",)}
    columns = (
        "select comment from duckdb_columns() where database_name = 'lake' and comment is not null"
    )
    assert asked(built.copy, columns) == [('a value; "quoted"',)]


@in_either
def test_a_reader_asks_for_the_marts_as_they_were_when_a_round_had_closed(built, asked):
    for closed, value in ((5, 50), (6, 60), (6, 61), (8, 80)):
        built.notes = NOTES.format("house", closed)
        built.run(f"update whole set value = {value}")
        built.publish()
    for closed, value in ((5, 50), (6, 60), (7, 80), (8, 80)):
        ((snapshot,),) = asked(built.copy, AS_CLOSED.format(closed))
        assert asked(built.copy, "from whole", snapshot) == [(value,)]
        assert asked(built.copy, f"from whole at (version => {snapshot})") == [(value,)]
        with reading(built.copy, closed_round=closed) as connection:
            assert connection.execute("from whole").fetchall() == [(value,)]
    assert asked(built.copy, AS_CLOSED.format(9)) == [(None,)]
    assert "no publication of when round 9" in said(lambda: read(built.copy, 9))


def other_schema(lake, schema="signals"):
    return Lake(lake.kind, lake.catalog, schema, lake.data)


@in_either
def test_tournaments_of_one_lake_are_schemas_and_leave_each_other_alone(built, is_level):
    with duckdb.connect() as connection:
        other = build(connection, other_schema(built.copy), "signals")
        for value in (2, 3):
            built.redo(value, value=value)
            assert not built.publish()["is_whole"]
            other.redo(value, value=-value)
            assert not other.publish()["is_whole"]
        assert is_level(built)
        assert is_level(other)


def test_a_schema_holds_one_tournament(built, snapshots):
    built.run("create table dim_rounds as select 1 as round_number, 'house' as tournament")
    built.marts += ("dim_rounds",)
    built.publish()
    before = snapshots(built.copy)
    built.notes = NOTES.format("signals", 1)
    with pytest.raises(WarehouseError, match="holds the tournament house, not signals"):
        built.publish()
    assert snapshots(built.copy) == before


def test_tables_that_no_build_published_are_never_dropped(lake, asked):
    with duckdb.connect() as connection:
        with lake_opening.attached(connection, lake, "lake") as cursor:
            cursor.execute("create table lake.main.notes as select 'mine' as text")
        with pytest.raises(WarehouseError, match="holds tables that no build published, notes"):
            Built(connection, lake).publish()
    assert asked(lake, "from notes") == [("mine",)]


def publisher(lake):
    """A process that publishes 309 rounds into a lake."""
    program = Path(__file__).with_name("lake_publisher.py")
    return subprocess.Popen([sys.executable, program, lake.kind, lake.catalog, lake.schema])


@pytest.mark.parametrize(
    ("lake", "files_written"), [("sqlite", 1), ("duckdb", 150), ("sqlite", 308)], indirect=["lake"]
)
def test_a_publication_that_is_killed_leaves_the_former_one(
    built, files_written, asked, is_level, snapshots
):
    before = {name: sorted(asked(built.copy, f"from {name}")) for name in built.marts}
    former = len(files(built.copy, "by_round"))
    process = publisher(built.copy)
    while len(files(built.copy, "by_round")) < former + files_written:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert {name: sorted(asked(built.copy, f"from {name}")) for name in built.marts} == before
    assert snapshots(built.copy) == [0, 1]
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]  # nothing that it left is in the way
    assert is_level(built)


def watched(built):
    """Ten publications while a client reads: each of its reads is of one of them, and it sees them all."""
    lake = built.copy
    program = Path(__file__).with_name("lake_client.py")
    command = [sys.executable, program, lake.kind, lake.catalog, lake.schema]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            read_until(process.stdout, 1)
            for value in range(2, 12):
                built.redo(*range(9), value=value)
                built.run(f"update whole set value = {value}")
                assert not built.publish()["is_whole"]
                read_until(process.stdout, value)
        finally:
            process.kill()


def read_until(lines, value):
    """Reads what a client says, lest it wait for a reader, until it sees a publication: a minute at most."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        values = {value for _, *values in json.loads(lines.readline()) for value in values}
        assert len(values) == 1
        if values == {value}:
            return
    pytest.fail(f"the client has not seen publication {value}")


def test_each_read_of_a_client_is_of_one_publication_while_ten_pass(built):
    watched(built)


@contextmanager
def small_disk():
    """Files of 1 MB at most stand for a full disk."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


@in_either
def test_a_full_disk_keeps_the_former_publication_and_what_was_written_whole_goes(
    built, asked, is_level
):
    before = sorted(asked(built.copy, "from by_round")), files(built.copy, "by_round")
    built.redo(*range(9), value=5)
    built.run("create table large as select random() as value from range(1_000_000)")
    built.marts += ("large",)
    with small_disk():
        assert "cannot be written, the former copy stays" in said(built.publish)
    assert sorted(asked(built.copy, "from by_round")) == before[0]
    assert files(built.copy, "by_round") == before[1]
    built.marts = built.marts[:2]  # and there is room again
    assert not built.publish()["is_whole"]
    assert is_level(built)


MAINTENANCE = """
    call ducklake_expire_snapshots('lake', older_than => now());
    call ducklake_cleanup_old_files('lake', cleanup_all => true);
    call ducklake_delete_orphaned_files('lake', cleanup_all => true);
"""


def test_former_publications_may_be_thrown_away_and_the_next_goes_on(built, asked, is_level):
    process = publisher(other_schema(built.copy))
    while not files(built.copy, "signals"):
        time.sleep(0.001)
    process.kill()  # it leaves files that no catalog names
    assert process.wait() == -signal.SIGKILL
    built.redo(3, value=5)
    built.publish()
    with (
        duckdb.connect() as connection,
        lake_opening.attached(connection, built.copy, "lake") as cursor,
    ):
        cursor.execute(MAINTENANCE)
    assert not files(built.copy, "signals")
    assert len(files(built.copy, "by_round")) == 9
    assert asked(built.copy, "select count(*) from lake.snapshots()") == [(1,)]
    built.redo(4, value=5)
    assert not built.publish()["is_whole"]
    assert is_level(built)


def said(act):
    with pytest.raises((SettingError, WarehouseError)) as refused:
        act()
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    return message


def read(lake, closed_round=None):
    with reading(lake, closed_round=closed_round) as connection:
        connection.execute("from by_round")


@in_either
def test_a_damaged_catalog_is_one_line(built):
    content = built.copy.file.read_bytes()
    built.copy.file.write_bytes(b"?" * len(content))
    assert "cannot be opened" in said(lambda: check_lake(built.copy, PUBLISHED))
    assert "cannot be written, the former copy stays" in said(built.publish)
    assert "cannot be read" in said(lambda: read(built.copy))


def test_files_that_are_lost_are_one_line_to_a_reader(built):
    for path in files(built.copy, "by_round"):
        path.unlink()
    assert "cannot be read" in said(lambda: read(built.copy))


@in_either
def test_a_lake_that_is_not_there_is_one_line_and_is_not_made_by_reading(lake):
    assert "cannot be read" in said(lambda: read(lake))
    assert not lake.file.exists()
    check_lake(lake, PUBLISHED)
    assert "has no schema house" in said(lambda: read(other_schema(lake, "house")))


def test_a_catalog_in_a_duckdb_file_that_another_process_holds_is_one_line(tmp_path):
    lake = named_place(PUBLISHED, PLACES["duckdb"], tmp_path)
    with duckdb.connect() as connection:
        warehouse = build(connection, lake)
        program = Path(__file__).with_name("lake_client.py")
        command = [sys.executable, program, lake.kind, lake.catalog, lake.schema]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            warehouse.redo(3, value=5)
            assert "cannot be written, the former copy stays" in said(warehouse.publish)
            process.kill()
        assert warehouse.publish(builds_begun=2)["is_whole"]


def test_a_missing_extension_is_one_line_that_says_what_to_install(lake, monkeypatch):
    monkeypatch.setattr(lake_opening, "find_spec", lambda name: None)
    assert "pip install 'kardashev[lake]'" in said(lambda: check_lake(lake, PUBLISHED))


@pytest.mark.parametrize(
    "text",
    [
        "ducklake:postgres:dbname=lake password=hunter2",
        "ducklake:postgres:dbname=lake PASSWORD = 'hunter2 and more'",
        "ducklake:postgres:postgresql://keeper:hunter2@db/lake",
        "ducklake:postgres:postgresql://db/lake?user=keeper&password=hunter2",
        "postgres:dbname=lake password=hunter2",
    ],
)
def test_a_password_in_a_setting_is_refused_and_never_printed(tmp_path, monkeypatch, text):
    monkeypatch.setenv(PUBLISHED, text)
    assert "hunter2" not in said(lambda: place(PUBLISHED, tmp_path))
    assert "hunter2" not in masked(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ducklake:", "name the lake's catalog"),
        ("ducklake:sqlite: ", "name the lake's catalog"),
        ("ducklake:mysql:db=lake", "not 'mysql'"),
        ("ducklake:md:fund", "not 'md'"),
    ],
)
def test_other_catalogs_are_refused(tmp_path, text, reason):
    assert reason in said(lambda: named_place(PUBLISHED, text, tmp_path))


def test_the_environment_names_the_schema_and_the_folder_of_data(tmp_path, monkeypatch):
    monkeypatch.setenv(PUBLISHED, PLACES["sqlite"])
    monkeypatch.setenv(LAKE_SCHEMA, "house")
    monkeypatch.setenv(LAKE_DATA, "data")
    lake = place(PUBLISHED, tmp_path)
    assert lake == Lake("sqlite", str(tmp_path / "lake.sqlite"), "house", tmp_path / "data")
    assert named_place(PUBLISHED, str(lake), tmp_path) == lake
    with duckdb.connect() as connection:
        build(connection, lake)
    assert list((tmp_path / "data" / "house").rglob("*.parquet"))
    monkeypatch.setenv(LAKE_DATA, "elsewhere")
    assert "does not match" in said(lambda: check_lake(place(PUBLISHED, tmp_path), PUBLISHED))
    monkeypatch.setenv(LAKE_SCHEMA, "house; drop")
    assert "a lake's schema is" in said(lambda: place(PUBLISHED, tmp_path))


def test_a_lake_is_never_the_warehouse_nor_has_parquet_beside_it(tmp_path):
    landing, database = tmp_path / "landing", tmp_path / "kardashev.duckdb"
    landing.mkdir()
    duckdb.connect(str(database)).close()
    itself = named_place(PUBLISHED, "ducklake:kardashev.duckdb", tmp_path)
    assert "the warehouse itself" in said(lambda: check_places(landing, database, itself))
    lake = named_place(PUBLISHED, PLACES["sqlite"], tmp_path)
    check_places(landing, database, lake)
    assert "Parquet already" in said(lambda: check_places(landing, database, lake, tmp_path / "p"))
