"""A draft of the next published copy is the file as it is when it is taken, and leaves nothing behind."""

import subprocess
import sys

import duckdb
import pytest
from built import Built

from kardashev.warehouse import draft
from kardashev.warehouse.lake import Lake
from kardashev.warehouse.publish import begin_draft


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "published.duckdb"
    path.write_bytes(b"former")
    return path


@pytest.fixture
def built(tmp_path):
    with duckdb.connect() as connection:
        warehouse = Built(connection, tmp_path / "published.duckdb")
        warehouse.publish()
        yield warehouse


def names(file):
    return [path.name for path in file.parent.iterdir()]


def former(built, builds_begun=1):
    built.run("create or replace table draft_former as from former")
    built.run(f"update draft_former set builds_begun = {builds_begun}")
    return built.connection.table("draft_former")


def test_a_publication_starts_from_the_draft(built, monkeypatch):
    assert begin_draft(built.copy, former(built))
    draft._begun[built.copy].thread.join()
    monkeypatch.setattr(draft.shutil, "copyfile", lambda *_: pytest.fail("copied once more"))
    built.redo(3, value=5)
    assert not built.publish()["is_whole"]
    assert built.is_level(built.copy) and names(built.copy) == [built.copy.name]


def test_a_draft_is_dropped_where_nothing_has_changed_or_all_is_written(built):
    for builds_begun, replaced in ((1, 0), (2, 2)):
        assert begin_draft(built.copy, former(built))
        built.redo(value=None)
        assert built.publish(builds_begun)["replaced_count"] == replaced
        assert built.is_level(built.copy) and names(built.copy) == [built.copy.name]


def test_none_is_begun_that_no_publication_would_start_from(built):
    assert not begin_draft(built.copy, None)
    assert not begin_draft(built.copy, former(built, builds_begun=2))
    assert not begin_draft(Lake("sqlite", "lake.sqlite", "kardashev"), former(built))
    assert not draft._begun


def test_the_draft_of_another_file_is_not_taken(file):
    draft.begin(file)
    draft._begun[file].thread.join()
    file.write_bytes(b"written since")
    assert draft.take(file).read_bytes() == b"written since"


def test_a_draft_that_fails_is_made_when_it_is_taken(file, monkeypatch):
    def fail(_, scratch):
        scratch.write_bytes(b"half")
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(draft.shutil, "copyfile", fail)
        draft.begin(file)
        draft._begun[file].thread.join()
        assert names(file) == [file.name]
    assert draft.take(file).read_bytes() == b"former"


def test_a_process_that_ends_leaves_no_draft(file):
    file.with_name(f".{file.name}.next").write_bytes(b"of a killed build")
    code = "import sys, pathlib, kardashev.warehouse.draft as d; d.begin(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(file)], check=True)
    assert names(file) == [file.name]
