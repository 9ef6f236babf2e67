"""A folder at the door: every file is judged alone, and what one holds changes nothing for another."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kardashev import cli
from kardashev.errors import LandingError, RefusedFileError
from kardashev.landing.door import Door, folder, land_folder
from kardashev.landing.listing import touched_files
from kardashev.landing.manifest import read_files
from kardashev.printing import Progress

OPEN = datetime(2024, 1, 6, 12, tzinfo=UTC)
CLOSE = datetime(2024, 1, 8, 14, tzinfo=UTC)
IN_TIME = datetime(2024, 1, 7, tzinfo=UTC)
GOOD = b"ticker,signal\nAAPL,0.25\nMSFT,0.75\n"


@pytest.fixture
def landing(tmp_path):
    rounds = tmp_path / "landing" / "rounds"
    rounds.mkdir(parents=True)
    (rounds / "a.csv").write_text(
        "tournament,round_number,kind,era_date,open_at,close_at\n"
        "house,812,live,2024-01-05,2024-01-06T12:00:00Z,2024-01-08T14:00:00Z\n"
    )
    return tmp_path / "landing"


@pytest.fixture
def uploads(tmp_path):
    (tmp_path / "uploads").mkdir()
    return tmp_path / "uploads"


def fill(uploads, **files):
    for name, content in files.items():
        (uploads / f"{name}.csv").write_bytes(content)


def parquet(**columns):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def land(landing, uploads, received_at=IN_TIME, **options):
    return land_folder(landing, uploads, 812, received_at, **options)


def landed(landing):
    """Every landed row, whatever file it is in, less the time."""
    files = sorted((landing / "submissions").rglob("*.parquet"))
    rows = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    return sorted((row["model_id"], row["id_type"], row["id"], row["signal"]) for row in rows)


def rows_of(*models):
    found = [(m, "ticker", "AAPL", 0.25) for m in models]
    return sorted(found + [(m, "ticker", "MSFT", 0.75) for m in models])


def test_every_file_of_a_folder_lands_for_the_model_of_its_name(landing, uploads):
    fill(uploads, bob=GOOD, alice=b"sedol,prediction\n0001,1\n", **{"carol.v2": GOOD})
    (uploads / "dave.PARQUET").write_bytes(parquet(ticker=["AAPL", "MSFT"], signal=[0.25, 0.75]))
    (uploads / "erin.pq").write_bytes(GOOD)  # what a file is, its content says
    receipt = land(landing, uploads)
    assert (receipt.landed, receipt.rows, receipt.refused, receipt.passed_over) == (5, 9, [], [])
    expected = [("alice", "sedol", "0001", 1.0), *rows_of("bob", "carol.v2", "dave", "erin")]
    assert landed(landing) == sorted(expected)
    (file,) = receipt.path.iterdir()
    table = pq.ParquetFile(file).read()
    assert table["model_id"].to_pylist() == sorted(table["model_id"].to_pylist())
    assert set(table["submitted_at"].to_pylist()) == {IN_TIME}
    assert set(table["round_number"].to_pylist()) == {812}


def test_files_land_as_they_would_one_by_one(landing, uploads, tmp_path):
    rows = "".join(f"S{i},{1 / (i + 1)!r}\n" for i in range(50))
    fill(
        uploads, alice=b"ticker,signal\n" + rows.encode(), bob=b"ticker,signal\nA,nan\n,\nB,-0.0\n"
    )
    land(landing, uploads)
    (tmp_path / "other").mkdir()
    (landing / "rounds").rename(tmp_path / "other" / "rounds")
    door = Door(tmp_path / "other")
    for file in uploads.iterdir():
        door.land(file, 812, file.stem, IN_TIME)
    (tmp_path / "other" / "rounds").rename(landing / "rounds")

    def content(place):
        connection = duckdb.connect()
        found = read_files(connection, place, touched_files(connection, place))
        rows = found.to_pylist()
        rows = [row for row in rows if row["table_name"] == "submissions"]
        return sum(r["row_count"] for r in rows), sum(int(r["content_hash"]) for r in rows)

    assert content(landing) == content(tmp_path / "other")


HOSTILE = {
    "words.csv": (b"ticker,signal\nAAPL,high\n", "row 1: signal 'high' is not a number"),
    "empty.csv": (b"", "it is empty"),
    "cut.parquet": (b"PAR1 and no more", "may be cut short"),
    "zipped.csv.gz": (b"\x1f\x8b\x08", "its name ends in none of .csv"),
    "alice.csv.bak": (GOOD, "its name ends in none of .csv"),
    "README": (GOOD, "its name ends in none of .csv"),
    "a b.csv": (GOOD, "is no model's id"),
    "-..csv": (GOOD, None),  # odd, and an id like any other
    "é.csv": (GOOD, "is no model's id"),
    "株.csv": (GOOD, "is no model's id"),
    "..\\x.csv": (GOOD, None),  # begins with a dot: hidden
    "C:\\x.csv": (GOOD, "is no model's id"),
    "two\nlines\x1b[2J.csv": (GOOD, r"two\nlines\x1b[2J.csv: 'two"),
    "right\u202eleft.csv": (GOOD, r"right\u202eleft.csv: 'right"),
    "a" * 251 + ".csv": (GOOD, "is no model's id"),
    "a" * 65 + ".csv": (GOOD, "is no model's id"),
    "x'; drop table x.csv": (GOOD, "is no model's id"),
    os.fsdecode(b"latin\xe9.csv"): (GOOD, r"latin\udce9.csv: 'latin"),
}


def test_hostile_files_are_named_in_a_line_each_and_touch_no_other(landing, uploads):
    for name, (content, _) in HOSTILE.items():
        (uploads / name).write_bytes(content)
    fill(uploads, anna=GOOD, zoe=GOOD)
    receipt = land(landing, uploads)
    assert landed(landing) == rows_of("-.", "anna", "zoe")
    assert receipt.passed_over == [r"..\x.csv: hidden"]
    assert all(line.isprintable() and ";" in line for line in receipt.refused)
    causes = [cause for _, cause in HOSTILE.values() if cause]
    assert len(receipt.refused) == len(causes)
    for cause in causes:
        assert any(cause in line for line in receipt.refused), cause
    below = [path.relative_to(landing).parts[0] for path in landing.rglob("*")]
    assert set(below) == {"rounds", "submissions"}
    assert [path.name for path in (landing / "submissions").iterdir()] == ["000812.together"]


def test_what_is_no_participants_file_is_named_and_passed_over(landing, uploads):
    fill(uploads, alice=GOOD)
    (uploads / ".hidden.csv").write_bytes(GOOD)
    (uploads / "bob.csv.tmp").write_bytes(GOOD)
    (uploads / "carol.csv").mkdir()
    (uploads / "carol.csv" / "dave.csv").write_bytes(GOOD)
    receipt = land(landing, uploads)
    assert receipt.passed_over == [
        ".hidden.csv: hidden",
        "bob.csv.tmp: not finished",
        "carol.csv: a folder",
    ]
    assert receipt.refused == []
    assert landed(landing) == rows_of("alice")


def test_what_is_no_regular_file_is_refused_and_never_waited_for(landing, uploads):
    fill(uploads, alice=GOOD)
    (uploads / "bob.csv").symlink_to(uploads / "nowhere.csv")
    os.mkfifo(uploads / "carol.csv")
    refused = land(landing, uploads).refused
    assert [line.split(";")[0] for line in refused] == [
        "bob.csv: there is no such file",
        "carol.csv: it is not a regular file",
    ]


def test_two_files_of_one_model_are_both_refused(landing, uploads):
    fill(uploads, alice=GOOD, bob=GOOD)
    (uploads / "alice.parquet").write_bytes(parquet(ticker=["A"], signal=[1.0]))
    receipt = land(landing, uploads)
    assert receipt.refused == [
        "alice.csv: 2 files are of model alice; keep one",
        "alice.parquet: 2 files are of model alice; keep one",
    ]
    assert landed(landing) == rows_of("bob")


@pytest.mark.parametrize(
    ("round_number", "received_at", "cause"),
    [(900, IN_TIME, "round 900 is unknown"), (812, OPEN - timedelta(1), "before round 812 opens")],
)
def test_a_round_that_takes_nothing_is_said_once(
    landing, uploads, round_number, received_at, cause
):
    fill(uploads, alice=GOOD, bob=GOOD)
    with pytest.raises(RefusedFileError, match=f"uploads: .*{cause}"):
        land_folder(landing, uploads, round_number, received_at)
    assert not (landing / "submissions").exists()


def test_an_empty_folder_is_refused(landing, uploads):
    (uploads / ".hidden.csv").touch()
    with pytest.raises(RefusedFileError, match="uploads: it holds no files; name each"):
        land(landing, uploads)


def test_files_received_after_the_close_are_landed_and_late(landing, uploads):
    fill(uploads, alice=GOOD)
    assert not land(landing, uploads, CLOSE).is_late
    assert land(landing, uploads, CLOSE + timedelta(microseconds=1)).is_late


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(folder, "BATCH_BYTES", 300)  # three of these uploads


def test_a_run_again_lands_nothing_twice(landing, uploads, small_batches):
    fill(uploads, **{f"m{i}": GOOD for i in range(10)})
    Door(landing).land(uploads / "m4.csv", 812, "m4", IN_TIME)
    first = land(landing, uploads)
    assert (first.landed, first.landed_before) == (9, 1)
    before = {path: path.stat().st_mtime_ns for path in landing.rglob("*")}
    second = land(landing, uploads)
    assert (second.landed, second.landed_before, second.rows) == (0, 10, 0)
    assert {path: path.stat().st_mtime_ns for path in landing.rglob("*")} == before
    assert landed(landing) == rows_of(*(f"m{i}" for i in range(10)))


def test_a_run_killed_midway_left_whole_batches_and_is_run_again(
    landing, uploads, small_batches, monkeypatch
):
    fill(uploads, **{f"m{i}": GOOD for i in range(10)})
    code = (
        "import os, sys; from datetime import datetime, UTC;"
        "from kardashev.landing.door import folder; folder.BATCH_BYTES = 300;"
        "begin = lambda *_: lambda done, _: os._exit(9) if done == 8 else None;"
        "folder.land_folder(*sys.argv[1:3], 812, datetime(2024, 1, 7, tzinfo=UTC), begin)"
    )
    argv = [sys.executable, "-c", code, str(landing), str(uploads)]
    assert subprocess.run(argv).returncode == 9
    whole = landed(landing)
    assert 0 < len(whole) < 20
    assert whole == rows_of(*{model for model, *_ in whole})
    land(landing, uploads)
    assert landed(landing) == rows_of(*(f"m{i}" for i in range(10)))


def test_an_upload_that_landed_in_a_folder_is_known_when_it_comes_alone(landing, uploads):
    fill(uploads, alice=GOOD, bob=GOOD)
    path = land(landing, uploads).path
    door = Door(landing)
    receipt = door.land(uploads / "alice.csv", 812, "alice", IN_TIME)
    assert receipt.path.parent == path
    (uploads / "alice.csv").write_bytes(GOOD.replace(b"0.75", b"0.5"))
    with pytest.raises(RefusedFileError, match="same time of receipt"):
        door.land(uploads / "alice.csv", 812, "alice", IN_TIME)
    assert land(landing, uploads).refused == [
        "alice.csv: another file of alice is landed with the same time of receipt; "
        "say when this one was received"
    ]
    assert landed(landing) == rows_of("alice", "bob")


def test_a_model_corrects_itself_after_a_folder(landing, uploads):
    fill(uploads, alice=GOOD, bob=GOOD)
    land(landing, uploads)
    (uploads / "alice.csv").write_bytes(b"ticker,signal\nAAPL,0.5\n")
    receipt = Door(landing).land(uploads / "alice.csv", 812, "alice", IN_TIME + timedelta(hours=1))
    assert receipt.path.parent.name == "alice"
    assert landed(landing) == sorted([*rows_of("alice", "bob"), ("alice", "ticker", "AAPL", 0.5)])


def test_files_of_many_uploads_that_are_damaged_are_an_error_of_the_landing(landing, uploads):
    fill(uploads, alice=GOOD)
    (file,) = land(landing, uploads).path.iterdir()
    file.write_bytes(b"junk")
    with pytest.raises(LandingError, match=r"000812\.together cannot be read"):
        land(landing, uploads)


def test_rows_are_grouped_as_the_warehouse_reads_them(landing, uploads):
    """Of one row group an upload, reading costs twice as much."""
    rows = b"".join(b"S%d,0.%d\n" % (i, i) for i in range(3000))
    fill(uploads, **{f"m{i:02d}": b"ticker,signal\n" + rows for i in range(60)})
    (file,) = land(landing, uploads).path.iterdir()
    metadata = pq.ParquetFile(file).metadata
    assert metadata.num_rows == 180_000
    assert metadata.num_row_groups == 2


# The command line


@pytest.fixture
def command(landing, uploads, monkeypatch):
    monkeypatch.chdir(uploads.parent)
    monkeypatch.setenv("KARDASHEV_LANDING", str(landing))
    received = ["--received-at", "2024-01-07T00:00:00Z"]
    return lambda *more: cli.main(["land", "uploads", "--round", "812", *received, *more])


def test_the_command_says_what_was_landed_and_refused_and_exits_with_2(command, uploads, capsys):
    fill(uploads, alice=GOOD, bob=b"ticker,signal\nA,high\n")
    (uploads / ".hidden\x1b").touch()
    assert command() == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("landed 1 files, 2 rows, in ")
    assert captured.out.endswith("000812.together (0 landed before, 1 refused, 1 passed over)\n")
    assert captured.err.splitlines() == [
        "2 files of uploads, received at 2024-01-07T00:00:00+00:00",
        "2 of 2 files, 1 refused, 0 s left",
        r"passed over .hidden\x1b: hidden",
        "kardashev: bob.csv: row 1: signal 'high' is not a number; write a number, or leave the cell empty",
    ]
    (uploads / "bob.csv").unlink()
    assert command() == 0
    assert "(1 landed before, 0 refused" in capsys.readouterr().out


def test_a_model_is_said_with_a_file_and_not_with_a_folder(command, uploads, capsys):
    fill(uploads, alice=GOOD)
    assert command("--model", "alice") == 2
    assert "uploads is a folder" in capsys.readouterr().err
    assert cli.main(["land", "uploads/alice.csv", "--round", "812"]) == 2
    assert "uploads/alice.csv is no folder: say whose file it is" in capsys.readouterr().err
    assert cli.main(["land", "n" * 300, "--round", "812", "--model", "alice"]) == 2
    assert "File name too long" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def said(monkeypatch, stream, seconds):
    monkeypatch.setattr(sys, "stderr", stream)
    clock = iter([0, *seconds])
    with Progress("files", "refused", clock=lambda: next(clock)) as progress:
        step = progress.begin(5)
        for done in range(1, 6):
            step(done, done // 3)
    return stream.getvalue()


def test_progress_is_a_bar_on_a_terminal_and_a_line_now_and_then_elsewhere(monkeypatch):
    assert said(monkeypatch, io.StringIO(), [1, 12, 13, 14, 15]).splitlines() == [
        "2 of 5 files, 0 refused, 18 s left",
        "5 of 5 files, 1 refused, 0 s left",
    ]
    monkeypatch.setenv("TERM", "xterm")
    drawn = said(monkeypatch, Terminal(), [1, 1.1, 2, 2.1, 3])
    assert "1 of 5 files, 0 refused, 4 s left" in drawn
    assert "2 of 5" not in drawn  # a tenth of a second after the first
    assert "3 of 5 files, 1 refused, 1 s left" in drawn
    assert "5 of 5 files, 1 refused, 0 s left" in drawn
    assert drawn.rstrip("\r").endswith("\x1b[?25h")  # the cursor is seen again


def test_an_interrupted_bar_gives_the_terminal_its_cursor_back(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(KeyboardInterrupt), Progress("files", "refused") as progress:
        progress.begin(5)
        assert "\x1b[?25l" in sys.stderr.getvalue()
        raise KeyboardInterrupt
    assert sys.stderr.getvalue().rstrip("\r").endswith("\x1b[?25h")
