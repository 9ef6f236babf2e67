"""What an operator gets wrong ends in one clear line, before anything is overwritten."""

import shutil
import subprocess
import time

import duckdb
import pytest
import tournament
from harness import DBT_FILES, PROJECT, assert_same_marts, is_done


def lines(output, text):
    return [line for line in output.splitlines() if text in line]


def test_a_missing_landing_is_one_line(warehouse):
    output = warehouse.build(succeeds=False, is_apart=True)
    assert len(lines(output, "no landing at")) == 1
    assert "Traceback" not in output
    assert not warehouse.database.exists()


def test_a_warehouse_in_use_is_one_line(warehouse):
    warehouse.landing.mkdir()
    with duckdb.connect(str(warehouse.database)):
        output = warehouse.build(succeeds=False, is_apart=True)
    assert len(lines(output, "cannot be opened")) == 1
    assert "Traceback" not in output


def test_a_published_copy_that_would_replace_the_warehouse_is_one_line(warehouse):
    warehouse.landing.mkdir()
    warehouse.published.symlink_to(warehouse.database)
    output = warehouse.build(succeeds=False, is_apart=True)
    assert len(lines(output, "KARDASHEV_PUBLISHED is the warehouse itself")) == 1
    assert "Traceback" not in output
    assert not warehouse.database.exists()


NEW_FILES = {  # of no known round, and a participant's: no round waits for them
    "universe/truncated.parquet": b"PAR1 but no more than that",
    "stakes/other_columns.csv": b"who,how_much\nalice,3\n",
    "stakes/utf16.csv": "round_number,model_id,stake_nmr\n6,model_a,3\n".encode("utf-16"),
    "stakes/no_round.csv": b"round_number,model_id,stake_nmr\nnext,model_a,3\n",
    "neutralizers/sheet.xlsx": b"PK",
    "targets/truncated \x1b[2J.parquet": b"PAR1",
    "submissions/000006/model_b/truncated.parquet": b"PAR1",
    "rounds/notes.csv": b"dear diary\n",
}


def test_a_file_that_cannot_be_used_is_named_and_keeps_its_own_rounds_alone(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    landing = warehouse.landing
    for path, content in NEW_FILES.items():
        (landing / path).parent.mkdir(parents=True, exist_ok=True)
        (landing / path).write_bytes(content)
    (landing / "universe" / "3.parquet").write_bytes(b"PAR1")
    tournament.land_upload(landing, 6, "model_c", correction=1)
    output = warehouse.build(succeeds=False, is_tested=True)
    for path in NEW_FILES:
        named = path.replace("\x1b", "\ufffd")
        (said,) = lines(output, f"landing/{named} cannot be used")
        assert "wait for it" not in said
    (said,) = lines(output, "landing/universe/3.parquet cannot be used")
    assert said.endswith("rounds 3 wait for it")
    assert "Traceback" not in output
    marts = warehouse.marts()
    assert len(marts["fct_unusable_files"]) == len(NEW_FILES) + 1
    chosen = [marts["fct_scores"], clean.marts()["fct_scores"]]
    kept, before = ({"fct_scores": f[f["round_number"] < 6].reset_index(drop=True)} for f in chosen)
    assert_same_marts(kept, before)  # round 3 has its rows, though it has no universe
    with pytest.raises(AssertionError):  # and round 6 is built
        assert_same_marts({"fct_scores": chosen[0]}, {"fct_scores": chosen[1]})


def test_nothing_is_built_when_a_part_of_the_calendar_can_no_longer_be_read(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    (warehouse.landing / "rounds" / "2.parquet").write_bytes(b"PAR1")
    tournament.land_upload(warehouse.landing, 6, "model_c", correction=1)
    for _ in range(2):  # what it held is not forgotten
        output = warehouse.build(succeeds=False, is_tested=True)
        assert len(lines(output, "nothing is built: landing/rounds/2.parquet held 1 rows")) == 1
        assert "Traceback" not in output
    assert_same_marts(warehouse.marts(), clean.marts())


def test_a_file_put_back_during_a_build_leaves_no_row_under_the_others_fingerprint(
    warehouse, clean
):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    tournament.land_upload(warehouse.landing, 6, "model_c", correction=1)
    command = warehouse.command(
        *("--log-format", "json", "build", "--exclude-resource-type", "unit_test"), threads=1
    )
    log = warehouse.folder / "build.jsonl"
    with log.open("w") as written, log.open() as events:
        process = subprocess.Popen(
            command, env=warehouse.environment(), cwd=warehouse.folder, stdout=written
        )
        while process.poll() is None and not is_done(events, "int_landing_narrowed"):
            time.sleep(0.001)
        tournament.land_upload(warehouse.landing, 6, "model_c")
    assert process.wait() == 1
    said = "landing/submissions/6_model_c_1.parquet changed during the build: nothing is published"
    assert said in log.read_text()
    assert_same_marts(warehouse.marts(), clean.marts())
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


def test_dbt_build_by_hand_needs_no_variable_and_no_particular_folder(tmp_path, clean, warehouse):
    project = tmp_path / "a copy of [another] name"
    project.mkdir()
    for name in DBT_FILES:
        (project / name).symlink_to(PROJECT / name)
    shutil.copytree(clean.landing, project / "landing")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {k: v for k, v in warehouse.environment().items() if "KARDASHEV" not in k}
    command = [warehouse.command()[0], "build", "--exclude-resource-type", "unit_test"]
    for folder, options in (
        (elsewhere, ["--project-dir", str(project), "--profiles-dir", str(project)]),
        (project, ["--select", "+int_clock"]),
    ):
        subprocess.run([*command, *options], cwd=folder, env=environment, check=True, text=True)
        assert (project / "warehouse" / "published.duckdb").is_file()
        assert list(elsewhere.iterdir()) == []
    copied = type(warehouse)(project / "warehouse")
    assert_same_marts(copied.marts(), clean.marts())


def test_a_landing_that_lost_what_was_built_stops_the_build_unless_told(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    withdrawals = ("--select", "+int_withdrawals")
    next((warehouse.landing / "submissions").iterdir()).unlink()
    warehouse.build(*withdrawals, is_tested=True)
    lost = dict(warehouse.query("select table_name, withdrawn_share from int_withdrawals"))
    assert 0 < lost.pop("submissions") < 0.2
    assert set(lost.values()) == {0}
    for table in ("rounds", "submissions", "stakes", "targets"):
        shutil.rmtree(warehouse.landing / table)
    output = warehouse.build(succeeds=False, is_tested=True)
    for table in ("rounds", "submissions", "stakes", "targets"):
        assert len(lines(output, f"landing/{table} lacks 100.0 % of what")) == 1
    assert "Traceback" not in output
    assert_same_marts(warehouse.marts(), clean.marts())
    held = "select count(*) from int_signal_ranks"
    assert warehouse.query(held) == clean.query(held)
    warehouse.build(*withdrawals, "--vars", "allow_withdrawal: true", is_tested=True)
    shutil.rmtree(warehouse.folder / "landing")
    warehouse.database.unlink()
    (warehouse.landing / "rounds").mkdir(parents=True)
    output = warehouse.build(*withdrawals, succeeds=False, is_tested=True)
    assert len(lines(output, "landing/rounds has no round: land one")) == 1


def test_published_rows_of_a_round_that_the_calendar_lacks_are_noticed(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.execute("delete from dim_rounds where round_number = 2")
    has_succeeded, output = warehouse.dbt(
        "test", "--select", "every_published_round_is_in_the_calendar"
    )
    assert has_succeeded
    (noticed,) = lines(output, "published rows have a round_number that dim_rounds lacks, as 2")
    assert "fct_scores, " in noticed and "fct_stakes, " in noticed


def test_a_pattern_that_finds_no_landed_factor_is_named_and_stops_nothing(clean):
    has_succeeded, output = clean.dbt("test", "--select", "every_factor_pattern_finds_a_factor")
    assert has_succeeded
    named = lines(output, "seeds/rules/factor_sets.csv: the pattern")
    patterns = [line.split("the pattern ")[1].split()[0] for line in named]
    assert sorted(patterns) == ["country_*", *["momentum_*"] * 2, *["volatility"] * 2]
