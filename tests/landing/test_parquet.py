"""Parquet is the published copy, or a former one, whatever it starts from and whatever ends it."""

import shutil

import duckdb
import pandas as pd
import pytest
from built import Built

from kardashev.errors import WarehouseError
from kardashev.warehouse import parquet

KEYS = {"by_round": "round_number", "by_day": "as_of_date", "whole": "value"}
ROUNDS = 120  # three blocks


@pytest.fixture
def built(tmp_path):
    with duckdb.connect() as connection:
        connection.execute(
            "create table by_day as select date '2026-01-20' + range::int as as_of_date from range(20)"
        )
        places = tmp_path / "published.duckdb", tmp_path / "parquet"
        warehouse = Built(connection, *places, marts=tuple(KEYS))
        warehouse.run(
            f"insert into by_round select range, 1 from range(9, {ROUNDS}) where range != 49"
        )
        warehouse.publish()
        yield warehouse


def files(built, mart):
    return {path.name: path for path in (built.parquet / "current" / mart).iterdir()}


def inodes(built, mart):
    return {name: path.stat().st_ino for name, path in files(built, mart).items()}


def versions(built):
    return list((built.parquet / parquet.VERSIONS).iterdir())


def is_level(built, version="current"):
    """Whether pandas reads of each folder what DuckDB reads of the published copy."""
    with duckdb.connect(str(built.copy), read_only=True) as copy:
        for mart, key in KEYS.items():
            expected = copy.table(mart).to_arrow_table().to_pandas().sort_values(key)
            found = pd.read_parquet(built.parquet / version / mart).sort_values(key)
            pd.testing.assert_frame_equal(
                found.reset_index(drop=True), expected.reset_index(drop=True)
            )
    return True


def test_a_mart_is_a_folder_of_blocks_named_for_their_first_round_or_day(built):
    assert set(files(built, "by_round")) == {"0.parquet", "50.parquet", "100.parquet"}
    assert set(files(built, "by_day")) == {"2026-01-01.parquet", "2026-02-01.parquet"}
    assert set(files(built, "whole")) == {"all.parquet"}
    assert is_level(built)


def test_blocks_without_a_redone_row_are_linked(built):
    for redone, value, block in ((49, 2, "0"), (60, 3, "50"), (60, None, "50"), (150, 4, "150")):
        before = inodes(built, "by_round"), inodes(built, "by_day")
        built.redo(redone, value=value)
        assert not built.publish()["is_whole"]
        assert is_level(built)
        after = inodes(built, "by_round")
        assert {n for n, inode in after.items() if inode not in before[0].values()} == {
            f"{block}.parquet"
        }
        assert inodes(built, "by_day") == before[1]


def test_where_nothing_has_changed_nothing_is_written(built):
    before = (built.parquet / "current").readlink()
    built.redo(value=None)
    built.publish()
    assert (built.parquet / "current").readlink() == before
    assert len(versions(built)) == 1


def test_a_mart_without_rows_still_shows_its_columns(built):
    built.run("delete from whole")
    built.run("delete from by_day")
    built.redo(*range(ROUNDS), value=None)
    assert not built.publish()["is_whole"]
    assert is_level(built)


def test_who_reads_the_former_version_can_finish_and_older_ones_go(built):
    former = (built.parquet / "current").resolve()
    for value in (2, 3):
        seen = pd.read_parquet(former / "by_round")
        built.redo(7, value=value)
        built.publish()
        assert former.exists() == (value == 2)
        assert len(seen) == ROUNDS - 1
        assert len(versions(built)) == 2


def test_what_was_published_without_parquet_is_made_up_for(built):
    folder, built.parquet = built.parquet, None
    built.redo(7, value=2)
    built.publish()
    built.parquet = folder
    built.redo(value=None)
    assert built.publish()["replaced_count"] == 0
    assert is_level(built)


@pytest.mark.parametrize("harm", ["removed", "damaged", "cut short", "current"])
def test_what_others_did_to_the_files_is_made_good(built, harm):
    file = files(built, "by_round")["50.parquet"]
    if harm == "current":
        (built.parquet / "current").unlink()
    elif harm == "removed":
        file.unlink()
    else:
        content = file.read_bytes()
        file.write_bytes(b"?" * len(content) if harm == "damaged" else content[:-9])
    built.redo(7, value=2)
    built.publish()
    assert is_level(built)


class KilledError(BaseException):
    """Ends a publication as a signal would: nothing is cleared up."""


@pytest.mark.parametrize("place", ["sync", "_lead_to", "_keep_only"])
def test_a_killed_publication_leaves_a_whole_version_and_the_next_clears_up(
    built, monkeypatch, place
):
    former = shutil.copytree((built.parquet / "current").resolve(), built.parquet / "former")
    built.redo(7, 60, 150, value=2)
    calls, real = [], getattr(parquet, place)

    def killed_at_the_second(*arguments):
        calls.append(arguments)
        if len(calls) == 2 or place == "_lead_to":
            raise KilledError
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(parquet, place, killed_at_the_second)
        with pytest.raises(KilledError):
            built.publish()
    seen = pd.read_parquet(built.parquet / "current" / "by_round")
    if place == "_keep_only":  # the version was in its place
        assert is_level(built)
    else:
        pd.testing.assert_frame_equal(seen, pd.read_parquet(former / "by_round"))
    assert built.publish(builds_begun=2)["is_whole"]
    assert is_level(built)
    assert len(versions(built)) == 2


def test_a_full_disk_keeps_the_former_version(built, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = (built.parquet / "current").resolve()
    monkeypatch.setattr(parquet, "sync", full)
    built.redo(7, value=2)
    with pytest.raises(WarehouseError, match="parquet cannot be written, the former copy stays"):
        built.publish()
    assert (built.parquet / "current").resolve() == before
    assert versions(built) == [before]


def test_nothing_is_written_unless_a_folder_is_named(built):
    shutil.rmtree(built.parquet)
    built.parquet = None
    built.redo(7, value=2)
    built.publish()
    assert [path.name for path in built.copy.parent.iterdir()] == [built.copy.name]
