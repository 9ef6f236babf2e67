"""What `kardashev status` says of a landing, a warehouse and a copy, of which any may be missing."""

import json
import shutil
import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest

from kardashev.landing.listing import touched_files
from kardashev.landing.manifest import read_files

ROUND = "house,{0},live,2024-01-05,2024-01-06 12:00:00,2024-01-08 14:00:00\n"
BUILT, REFUSED, WAITING = 100, 103, 104


@pytest.fixture
def places(tmp_path):
    """Where the three are: of a landing with rounds 100 to 105 and a file of uploads."""
    landing = tmp_path / "landing"
    for folder in ("rounds", "submissions"):
        (landing / folder).mkdir(parents=True)
    head = "tournament,round_number,kind,era_date,open_at,close_at\n"
    lines = [ROUND.format(number) for number in range(BUILT, 106)]
    (landing / "rounds" / "rounds.csv").write_text(head + "".join(lines))
    (landing / "submissions" / "a.csv").write_text(
        "round_number,model_id,submitted_at,id_type,id,signal\n"
        "100,alice,2024-01-07 00:00:00,ticker,AAPL,0.5\n"
    )
    return {
        "landing": landing,
        "database": tmp_path / "kardashev.duckdb",
        "published": tmp_path / "published.duckdb",
    }


@pytest.fixture
def warehouse(places):
    """A warehouse that has read the landing and finished its rounds, but for the one that is refused."""
    with duckdb.connect(str(places["database"])) as connection:
        manifest = read_files(
            connection, places["landing"], touched_files(connection, places["landing"])
        )
        due = pa.table(
            {
                "round_number": [BUILT, REFUSED],
                "build_id": ["second", "second"],
                "is_left_out": [False, True],
            }
        )
        built = pa.table({"round_number": [BUILT], "build_id": ["second"]})
        for name, rows in (
            ("int_landing_manifest", manifest),
            ("int_rounds_due", due),
            ("int_rounds_built", built),
        ):
            connection.register("rows", rows)
            connection.execute(f"create table {name} as from rows")
    return places["database"]


@pytest.fixture
def copy(places, played):
    """A copy in which rounds are final, open, refused, waiting for a file, and not built."""
    shutil.copy(played, places["published"])
    with duckdb.connect(str(places["published"])) as connection:
        connection.execute(f"""
            delete from dim_rounds where round_number not between {BUILT} and 105;
            update dim_rounds set is_resolved = round_number = {BUILT};
            insert into fct_provenance (round_number, formula_version, git_commit, recorded_at)
            select round_number, 6, 'abcdef0123456789', timestamp '2026-01-01 10:00:00'
            from dim_rounds where round_number <= {REFUSED};
            insert into fct_contract_results
                (round_number, contract, expectation, model_id, scope, success, metric, observed, expected,
                advice)
            values ({REFUSED}, 'stakes', 'stakes not negative', '', 'round', false, 'negative_stakes', 1,
                'at most 0', e'correct \\x1b[31m them');
            insert into fct_unusable_files
            values ('factors', 'factors/a.csv', 'it is empty', '{WAITING}, {WAITING}');
        """)
    return places["published"]


@pytest.fixture
def status(run, places):
    """What the command prints, as JSON and as text."""

    def status():
        argv = [part for name, path in places.items() for part in (f"--{name}", path)]
        code, document, err = run("status", "--json", *argv)
        assert (code, err) == (0, "")
        code, text, err = run("status", *argv)
        assert (code, err) == (0, "")
        assert text.replace("\n", "").isprintable()
        return json.loads(document), " ".join(text.split())

    return status


def test_nothing_is_there(status, places):
    (places["landing"] / "rounds" / "rounds.csv").unlink()
    (places["landing"] / "submissions" / "a.csv").unlink()
    found, text = status()
    assert found["landing"]["files"] == 0
    assert "holds no rounds" in found["landing"]["problem"]
    for name in ("warehouse", "published"):
        assert found[name]["problem"] == "not built yet: run `dbt build`"
    assert text.count("not built yet: run `dbt build`") == 2


def test_before_the_first_build_every_file_and_round_is_due(status):
    found, text = status()
    assert found["due"] == {
        "files_new": {"rounds": 1, "submissions": 1},
        "files_gone": 0,
        "rounds_half_done": [],
        "rounds_not_built": list(range(BUILT, 106)),
    }
    assert found["landing"]["rounds"] == 6
    assert found["landing"]["newest_round"] == 105
    assert "6 rounds not built: 100, 101, 102, 103, 104, 105" in text


def test_after_a_build_nothing_is_due_but_what_it_did_not_build(status, warehouse, copy):
    found, text = status()
    assert found["due"]["files_new"] == {}
    assert found["due"]["rounds_half_done"] == []
    assert found["due"]["rounds_not_built"] == [105]
    assert found["warehouse"]["size_bytes"] == warehouse.stat().st_size
    assert "no file is new or changed since the last build" in text


def test_files_that_are_new_changed_or_gone_are_counted(status, places, warehouse, copy):
    before = warehouse.read_bytes()
    (places["landing"] / "submissions" / "b.csv").write_text("x\n")
    (places["landing"] / "rounds" / "rounds.csv").touch()
    (places["landing"] / "submissions" / "a.csv").unlink()
    found, text = status()
    assert found["due"]["files_new"] == {"rounds": 1, "submissions": 1}
    assert found["due"]["files_gone"] == 1
    assert "since the last build: 1 of rounds, 1 of submissions, 1 gone" in text
    assert warehouse.read_bytes() == before


def test_a_file_that_could_not_be_used_is_due_only_when_it_is_another(status, warehouse, places):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update int_landing_manifest set problem = 'bad' where table_name = 'rounds'"
        )
    assert status()[0]["due"]["files_new"] == {}
    (places["landing"] / "rounds" / "rounds.csv").touch()
    assert status()[0]["due"]["files_new"] == {"rounds": 1}


def test_rounds_of_a_killed_build_are_half_done(status, warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update int_rounds_built set build_id = 'first'")
    found, text = status()
    assert found["due"]["rounds_half_done"] == [BUILT]
    assert f"1 rounds half done: {BUILT}" in text


def test_each_round_has_a_state_and_a_refused_one_its_reason(status, copy):
    found, text = status()
    states = {row["round_number"]: row["state"] for row in found["rounds"]}
    assert states == {
        **{BUILT: "final", 101: "open", 102: "open"},
        **{REFUSED: "refused", WAITING: "refused", 105: "not built"},
    }
    reasons = {row["round_number"]: row["reason"] for row in found["rounds"] if row["reason"]}
    assert reasons == {
        REFUSED: "stakes: stakes not negative: negative_stakes is 1, expected at most 0; "
        "correct \x1b[31m them",
        WAITING: "waits for factors/a.csv: it is empty (and 1 more)",
    }
    assert f"round {REFUSED}, stands as an earlier landing made it: stakes: " in text
    assert f"round {WAITING}: waits for factors/a.csv" in text
    assert "live open 2 101 102" in text
    assert "formulas 6, kardashev –, commit abcdef012345" in text
    assert {row["status"] for row in found["uploads"]} == {"accepted", "quarantined"}


def test_a_warehouse_that_is_being_written_is_said_and_the_copy_is_shown(status, warehouse, copy):
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); sys.stdin.read()"
    argv = [sys.executable, "-c", code, warehouse]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as build:
        build.stdout.readline()
        found, text = status()
        build.stdin.close()
    assert "being written by a build" in found["warehouse"]["problem"]
    assert found["due"]["files_new"] is None
    assert len(found["rounds"]) == 6
    assert "which files are new is not known" in text


def test_what_cannot_be_read_is_said_in_its_place(status, places):
    places["database"].write_text("junk" * 1000)
    places["published"].write_text("junk" * 1000)
    found, _ = status()
    assert "cannot be read" in found["warehouse"]["problem"]
    assert "cannot be read" in found["published"]["problem"]
    assert found["due"]["rounds_not_built"] is None
