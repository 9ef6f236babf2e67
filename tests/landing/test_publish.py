"""The published copy is the marts, or a former copy of them, whatever it starts from and whatever ends it."""

import resource
import shutil

import duckdb
import pytest
from built import Built

from kardashev.errors import WarehouseError
from kardashev.landing.listing import file_stat
from kardashev.warehouse.publish import publish

LARGEST_FILE = 2_000_000  # bytes: stands for a full disk


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published.duckdb"


@pytest.fixture
def small_disk():
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, former[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_full_disk_keeps_the_former_copy_and_its_scratch_is_removed_at_once(
    published, small_disk
):
    with duckdb.connect() as connection:
        publish(connection, {"marts": connection.sql("select 1 as value")}, published)
        before = published.read_bytes()
        small_disk()
        large = connection.sql("select random() as value from range(2_000_000)")
        with pytest.raises(WarehouseError, match="cannot be written, the former copy") as error:
            publish(connection, {"marts": large}, published)
        assert len(str(error.value).splitlines()) == 1
        assert published.read_bytes() == before
        assert [path.name for path in published.parent.iterdir()] == [published.name]
        publish(connection, {"marts": connection.sql("select 2 as value")}, published)
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.table("marts").fetchall() == [(2,)]


@pytest.fixture
def built(published):
    with duckdb.connect() as connection:
        warehouse = Built(connection, published)
        assert warehouse.publish()["is_whole"]
        yield warehouse


def test_comments_travel_with_the_tables(built, published):
    built.run("comment on table whole is 'what it''s for'")
    built.run("""comment on column by_round.value is 'a value; "quoted"'""")
    built.redo(2, value=3)
    assert not built.publish()["is_whole"]  # a kept table keeps what it has
    assert built.publish(builds_begun=2)["is_whole"]
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = connection.execute("select comment from duckdb_tables() order by table_name")
        assert tables.fetchall() == [(None,), ("what it's for",)]
        columns = (
            "select comment from duckdb_columns() where column_name = 'value' order by table_name"
        )
        assert connection.execute(columns).fetchall() == [('a value; "quoted"',), (None,)]


def test_what_the_worklist_redid_is_replaced_and_nothing_else(built, published):
    for rounds, value in (((9,), 1), ((2, 4), 7), ((0, 9), None)):  # new, corrected, withdrawn
        built.redo(*rounds, value=value)
        publication = built.publish()
        assert (publication["is_whole"], publication["replaced_count"]) == (False, 1)
        assert built.is_level(published)
    built.redo(value=None)
    built.run("update whole set value = 2")
    assert built.publish()["replaced_count"] == 1
    assert built.is_level(published)


def test_where_nothing_has_changed_the_file_is_left_alone(built, published):
    before = file_stat(published)
    built.redo(value=None)
    publication = built.publish()
    assert publication["replaced_count"] == 0
    assert file_stat(published) == before
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]  # and the next build goes on from it
    assert built.is_level(published)


def test_builds_that_published_nothing_are_made_up_for(built, published):
    """A build changed round 5 and was killed before it published; the next one has nothing to do."""
    built.redo(5, value=8)
    built.redo(value=None)
    assert built.publish(builds_begun=2)["is_whole"]
    assert built.is_level(published)


def damaged(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3 :] = b"?" * (len(content) - len(content) // 3)
    path.write_bytes(content)


def replaced(path):
    shutil.copy(path, path.with_name("other"))
    path.with_name("other").replace(path)


def written(path):
    with duckdb.connect(str(path)) as connection:
        connection.execute("update by_round set value = 99")


@pytest.mark.parametrize("harm", [damaged, replaced, written, lambda path: path.unlink()])
def test_a_copy_that_the_last_build_did_not_write_is_written_anew(built, published, harm):
    harm(published)
    built.redo(3, value=5)
    assert built.publish()["is_whole"]
    assert built.is_level(published)


def test_a_copy_that_cannot_be_read_is_written_anew_though_it_looks_as_it_did(
    built, published, monkeypatch
):
    damaged(published)
    monkeypatch.setattr("kardashev.warehouse.publish._is_level", lambda *_: True)
    built.redo(3, value=5)
    assert built.publish()["is_whole"]
    assert built.is_level(published)


def test_other_columns_and_a_full_refresh_are_written_anew(built, published):
    built.run("alter table whole add column more int")
    built.redo(value=None)
    assert built.publish()["is_whole"]
    assert built.is_level(published)
    built.publication = None
    assert built.publish()["is_whole"]


def test_a_table_that_differs_beyond_its_worklist_is_copied_whole(built, published):
    built.run("delete from by_round where round_number = 1")
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]
    assert built.is_level(published)
