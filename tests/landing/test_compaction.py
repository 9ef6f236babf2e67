"""Compaction loses no row and counts none twice, wherever it is ended; what it cannot take it leaves."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kardashev import cli
from kardashev.errors import LandingError, RefusedFileError
from kardashev.landing import compaction
from kardashev.landing.compaction import compact
from kardashev.landing.door import Door, land_folder
from kardashev.landing.listing import touched_files
from kardashev.landing.manifest import read_files

IN_TIME = datetime(2024, 1, 7, tzinfo=UTC)
NOW = datetime(2024, 1, 20, tzinfo=UTC)  # 812 and 813 have closed, 814 has not
HEADER = "round_number,model_id,submitted_at,id_type,id,signal\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three rounds: 812 came one by one and in a folder, 813 as an operator has it, 814 is open."""
    folder = tmp_path_factory.mktemp("made")
    place = folder / "landing"
    (place / "rounds").mkdir(parents=True)
    (place / "rounds" / "a.csv").write_text(
        "tournament,round_number,kind,era_date,open_at,close_at\n"
        "house,812,live,2024-01-05,2024-01-06T12:00:00Z,2024-01-08T14:00:00Z\n"
        "house,813,live,2024-01-12,2024-01-13T12:00:00Z,2024-01-15T14:00:00Z\n"
        "house,814,live,2024-01-19,2024-01-20T12:00:00Z,2024-01-22T14:00:00Z\n"
    )
    uploads = folder / "uploads"
    uploads.mkdir()
    for model in ("bob", "carol"):
        (uploads / f"{model}.csv").write_text("ticker,signal\nA,0.5\nB,nan\n,\n")
    land_folder(place, uploads, 812, IN_TIME)
    for number, days in ((812, 0), (814, 14)):
        for model in ("alice", "dave"):
            send(place, uploads, number, model, IN_TIME + timedelta(days))
    for model in ("alice", "bob"):
        (place / "submissions" / f"{model}.csv").write_text(
            HEADER + f"813,{model},2024-01-14T00:00:00Z,ticker,A,0.25\n"
        )
    return place


@pytest.fixture
def landing(made, tmp_path):
    return shutil.copytree(made, tmp_path / "landing")


def send(landing, folder, number, model, received_at, rows="A,0.25\nB,-0.0\n"):
    file = folder / f"{model}.sent"
    file.write_text("ticker,signal\n" + rows)
    return Door(landing).land(file, number, model, received_at)


def contents(landing):
    """What the manifest says of each round: rows and content, wherever they lie."""
    sums = {}
    connection = duckdb.connect()
    rows = read_files(connection, landing, touched_files(connection, landing))
    for row in rows.to_pylist():
        if row["table_name"] == "submissions" and row["problem"] is None:
            rows, content = sums.get(row["round_number"], (0, 0))
            sums[row["round_number"]] = rows + row["row_count"], content + int(row["content_hash"])
    return sums


def files(landing):
    """Every file below submissions/, hidden ones too."""
    root = landing / "submissions"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


COMPACTED = [
    "000812.together/compacted.1.parquet",
    "000813.together/compacted.1.parquet",
    "000814/alice/20240121T000000000000Z.parquet",
    "000814/dave/20240121T000000000000Z.parquet",
]


def test_each_closed_round_becomes_one_file_sorted_by_model(landing):
    before = contents(landing)
    result = compact(landing, NOW)
    assert (result.rounds, result.files, result.rows, result.left) == (2, 5, 12, {})
    assert files(landing) == COMPACTED
    assert contents(landing) == before
    table = pq.ParquetFile(landing / "submissions" / COMPACTED[0]).read()
    assert table["model_id"].to_pylist() == sorted(table["model_id"].to_pylist())
    assert not list((landing / "submissions").glob("000812"))  # nor empty folders
    assert not list((landing / "submissions").glob(".*"))


def test_a_second_run_changes_nothing_and_reads_nothing(landing, monkeypatch):
    compact(landing, NOW)
    before = {path: path.stat().st_mtime_ns for path in landing.rglob("*")}
    monkeypatch.setattr(compaction, "file_contents", None)
    assert compact(landing, NOW) == compaction.Compaction()
    assert {path: path.stat().st_mtime_ns for path in landing.rglob("*")} == before


def test_late_uploads_join_the_others_in_the_next_run(landing, tmp_path):
    compact(landing, NOW)
    send(landing, tmp_path, 812, "erin", IN_TIME + timedelta(5))
    before = contents(landing)
    result = compact(landing, NOW)
    assert (result.rounds, result.files) == (1, 2)
    assert files(landing) == ["000812.together/compacted.2.parquet", *COMPACTED[1:]]
    assert contents(landing) == before


def test_the_door_knows_what_was_compacted(landing, tmp_path):
    compact(landing, NOW)
    before = files(landing)
    receipt = send(landing, tmp_path, 812, "alice", IN_TIME, rows="B,-0.0\nA,0.25\n")
    assert receipt.path == landing / "submissions" / COMPACTED[0]
    with pytest.raises(RefusedFileError, match="same time of receipt"):
        send(landing, tmp_path, 812, "alice", IN_TIME, rows="A,0.5\n")
    assert files(landing) == before
    send(landing, tmp_path, 812, "alice", IN_TIME + timedelta(hours=1), rows="A,0.5\n")
    assert len(files(landing)) == len(before) + 1


def test_a_landing_without_submissions_has_nothing_to_compact(landing):
    (landing / "submissions").rename(landing.parent / "elsewhere")
    assert compact(landing, NOW) == compaction.Compaction()


# What is left as it is


def left(landing, **files):
    for name, content in files.items():
        path = landing / "submissions" / f"{name}.csv"
        path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content)
    before = contents(landing)
    result = compact(landing, NOW)
    assert contents(landing) == before
    assert (result.rounds, result.files) == (2, 5)
    for name in files:
        assert (landing / "submissions" / f"{name}.csv").exists()
    return {path.removeprefix("submissions/"): why for path, why in result.left.items()}


def test_what_cannot_be_read_is_left_and_named(landing):
    row = "813,zoe,2024-01-14T00:00:00Z,ticker,A,0.25\n"
    found = left(
        landing, ragged=HEADER + row + "813,zoe\n", utf16=row.encode("utf-16"), odd="a\n1\n"
    )
    assert set(found) == {"ragged.csv", "utf16.csv", "odd.csv"}
    assert "UTF-16" in found["utf16.csv"]
    assert "no column round_number" in found["odd.csv"]


def test_a_damaged_file_of_the_doors_is_left_and_named(landing):
    path = landing / "submissions/000812/alice/20240107T000000000000Z.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + bytes(40) + whole[80:])  # its footer is sound
    before = contents(landing)
    result = compact(landing, NOW)
    assert list(result.left) == ["submissions/000812/alice/20240107T000000000000Z.parquet"]
    assert contents(landing) == before
    assert path.exists()


def test_what_would_lose_something_is_left_and_named(landing):
    row = "813,zoe,2024-01-14T00:00:00Z,ticker,A,{}\n"
    found = left(
        landing,
        words=HEADER + row.format("high"),
        own=HEADER.replace("signal", "signal,note") + row.format("0.5,mine"),
        several=HEADER + row.format("0.5") + row.format("0.5").replace("813", "812"),
    )
    assert found == {
        "words.csv": "it holds cells that cannot be read, as signal 'high'",
        "own.csv": "it has columns that would be lost: note",
        "several.csv": "it holds 2 rounds: write a file for each",
    }


def test_rows_of_no_round_and_names_that_are_no_text_are_left(landing):
    root = landing / "submissions"
    row = HEADER + "812,zoe,2024-01-07T00:00:00Z,ticker,A,0.25\n"
    (root / "000812" / "lost.csv").write_text(row + row.splitlines()[1].replace("812", "") + "\n")
    names = [os.fsdecode(b"\xe9.csv"), os.fsdecode(b"000812/\xe9.csv")]
    for name in names:
        (root / name).write_text(row)
    result = compact(landing, NOW)
    assert result.rounds == 2
    assert set(result.left) == {f"submissions/{name}" for name in [*names, "000812/lost.csv"]}
    assert "no round_number" in result.left["submissions/000812/lost.csv"]


def test_a_linked_landing_is_compacted_in_its_place(landing, tmp_path):
    (landing / "submissions").rename(tmp_path / "elsewhere")
    (landing / "submissions").symlink_to(tmp_path / "elsewhere")
    assert compact(landing, NOW).rounds == 2
    assert files(landing) == COMPACTED


def test_a_file_reached_by_a_link_is_left(landing, tmp_path):
    row = HEADER + "813,zoe,2024-01-14T00:00:00Z,ticker,A,0.25\n"
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "zoe.csv").write_text(row)
    (landing / "submissions" / "linked").symlink_to(tmp_path / "archive")
    result = compact(landing, NOW)
    assert result.left == {"submissions/linked/zoe.csv": "it is reached by a link"}
    assert (tmp_path / "archive" / "zoe.csv").exists()


def test_a_file_of_another_round_in_the_doors_folder_is_left(landing):
    path = landing / "submissions" / "000812" / "more.csv"
    path.write_text(HEADER + "811,zoe,2024-01-07T00:00:00Z,ticker,A,0.25\n")
    result = compact(landing, NOW)
    assert result.left == {
        "submissions/000812/more.csv": "it holds rows of round 811, not 812 alone"
    }
    assert path.exists()


def test_a_file_that_changes_meanwhile_stops_its_round(landing, monkeypatch):
    path = landing / "submissions" / "bob.csv"
    write = compaction._write

    def write_and_be_late(connection, layouts, written):
        write(connection, layouts, written)
        if path in layouts:
            path.write_text(HEADER + "813,bob,2024-01-14T00:00:00Z,ticker,A,0.75\n")

    monkeypatch.setattr(compaction, "_write", write_and_be_late)
    result = compact(landing, NOW)
    assert list(result.left.values()) == ["it changed while it was read: run again"]
    monkeypatch.undo()
    before = contents(landing)
    assert compact(landing, NOW).rounds == 1
    assert contents(landing) == before
    assert files(landing) == COMPACTED


def test_a_copy_that_differs_never_takes_the_place_of_the_others(landing, monkeypatch):
    def write_less(connection, layouts, written):
        rows = [pq.ParquetFile(path).read() for path in layouts if path.suffix == ".parquet"]
        pq.write_table(pa.concat_tables(rows).slice(1), written)

    before = contents(landing), files(landing)
    monkeypatch.setattr(compaction, "_write", write_less)
    with pytest.raises(LandingError, match="differs from what it was made of"):
        compact(landing, NOW)
    assert (contents(landing), files(landing)) == before


def test_only_one_run_is_at_work(landing):
    with compaction._alone(landing / "submissions"), pytest.raises(LandingError, match="wait"):
        compact(landing, NOW)
    assert compact(landing, NOW).rounds == 2


# Killed

KILLED = """
import os, shutil, sys
from datetime import UTC, datetime
from kardashev.landing.compaction import compact


def run(landing, last):
    steps = 0

    def count(event, arguments):
        nonlocal steps
        watched = event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir")
        watched = watched or (event == "open" and arguments[1] == "w")
        if watched and landing in str(arguments[0]):
            steps += 1
            if steps > last:
                os._exit(9)

    sys.addaudithook(count)
    compact(landing, datetime(2024, 1, 20, tzinfo=UTC))
    os._exit(0)


landing, status, last = sys.argv[1], None, 0
while status != 0:
    copy = shutil.copytree(landing, f"{landing}-{last}", copy_function=shutil.copy2)
    child = os.fork() or run(copy, last)
    status, last = os.waitpid(child, 0)[1], last + 1
"""


@pytest.fixture(scope="module")
def killed(made):
    """Landings as compaction leaves them that is killed before its first step, its second, and so on."""
    subprocess.run([sys.executable, "-c", KILLED, str(made)], check=True)
    found = sorted(made.parent.glob("landing-*"), key=lambda path: int(path.name[8:]))
    return found[:-1]  # the last one was not killed


def test_a_run_killed_at_any_step_is_finished_by_the_next(made, killed, tmp_path):
    whole = contents(made)
    assert len({tuple(files(place)) for place in killed}) > 12
    for place in killed:
        place = shutil.copytree(place, tmp_path / place.name)
        assert contents(place) == whole, place  # what a build would read now
        compact(place, NOW)
        assert contents(place) == whole
        assert files(place) == COMPACTED


LIST = "000812.together/_compacted.1.parquet.replaces"
REPLACED = "000812/alice/20240107T000000000000Z.parquet"


@pytest.fixture
def half_replaced(killed, tmp_path):
    """A landing in which the compacted file is there, and what it replaces, too."""
    found = (place for place in killed if {LIST, REPLACED, COMPACTED[0]} <= set(files(place)))
    return shutil.copytree(next(found), tmp_path / "half_replaced")


def test_a_replaced_file_that_is_written_anew_is_landed_and_stays(half_replaced, tmp_path):
    before = contents(half_replaced)
    path = half_replaced / "submissions" / REPLACED
    table = pq.ParquetFile(path).read()
    path.unlink()
    pq.write_table(table.slice(1), path)
    assert contents(half_replaced)[812][0] == before[812][0] + 1
    compact(half_replaced, NOW)
    assert contents(half_replaced)[812][0] == before[812][0] + 1


def test_a_list_of_replaced_files_that_cannot_be_read_is_an_error(half_replaced):
    path = half_replaced / "submissions" / LIST
    assert len(json.loads(path.read_text())) == 3
    path.write_text("{")
    for act in (contents, lambda landing: compact(landing, NOW)):
        with pytest.raises(LandingError, match="cannot be read: see what it lists"):
            act(half_replaced)


# The command line


def test_the_command_says_what_it_did_and_exits_with_2_where_a_file_is_left(landing, capsys):
    assert cli.main(["compact", "--landing", str(landing)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ("compacted 3 rounds: 7 files with 16 rows became 3 files (0 left)\n")
    assert captured.err == "3 of 3 rounds, 0 files left, 0 s left\n"
    (landing / "submissions" / "odd\x1b.csv").write_text("a\n1\n")
    assert cli.main(["compact", "--landing", str(landing)]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(
        r"kardashev: submissions/odd\x1b.csv is left as it is: no column"
    )
    assert captured.out.startswith("compacted 0 rounds: ")
