"""What an operator gets wrong ends in one clear line, before anything is overwritten."""

import shutil
import subprocess

import duckdb
import pytest
import tournament
from harness import DBT_FILES, PROJECT, assert_same_marts


def lines(output, text):
    return [line for line in output.splitlines() if text in line]


def test_a_missing_landing_is_one_line(warehouse):
    output = warehouse.build(succeeds=False)
    assert len(lines(output, "no landing at")) == 1
    assert "Traceback" not in output
    assert not warehouse.database.exists()


def test_a_warehouse_in_use_is_one_line(warehouse):
    warehouse.landing.mkdir()
    with duckdb.connect(str(warehouse.database)):
        output = warehouse.build(succeeds=False)
    assert len(lines(output, "cannot be opened")) == 1
    assert "Traceback" not in output


def test_a_published_copy_that_would_replace_the_warehouse_is_one_line(warehouse):
    warehouse.landing.mkdir()
    warehouse.published.symlink_to(warehouse.database)
    output = warehouse.build(succeeds=False)
    assert len(lines(output, "KARDASHEV_PUBLISHED is the warehouse itself")) == 1
    assert "Traceback" not in output
    assert not warehouse.database.exists()


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("universe", b"PAR1 but no more than that"),
        ("stakes", b"who,how_much\nalice,3\n"),
        ("stakes", b"round_number,model_id,stake_nmr\nnext,model_a,3\n"),
        ("neutralizers", b"round_number,stock_id,text\n1,S0002,high\n"),
    ],
    ids=["unreadable", "other columns", "no round", "nothing numeric"],
)
def test_a_file_that_cannot_be_used_is_named_and_nothing_is_built(warehouse, clean, table, content):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    suffix = "csv" if b"," in content else "parquet"
    bad = warehouse.landing / table / f"bad \x1b[2J.{suffix}"
    bad.write_bytes(content)
    tournament.land_upload(warehouse.landing, 6, "model_c", correction=1)
    output = warehouse.build(succeeds=False, is_tested=True)
    assert len(lines(output, f"landing/{table}/bad \ufffd[2J.{suffix} cannot be used")) == 1
    assert "Traceback" not in output
    assert_same_marts(warehouse.marts(), clean.marts())
    bad.unlink()
    tournament.land_upload(warehouse.landing, 6, "model_c")
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
        (project, []),
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
    held = "select count(*) from int_signals_ranked"
    assert warehouse.query(held) == clean.query(held)
    warehouse.build(*withdrawals, "--vars", "allow_withdrawal: true", is_tested=True)
    shutil.rmtree(warehouse.folder / "landing")
    warehouse.database.unlink()
    (warehouse.landing / "rounds").mkdir(parents=True)
    output = warehouse.build(*withdrawals, succeeds=False, is_tested=True)
    assert len(lines(output, "landing/rounds has no round: land one")) == 1


def test_a_pattern_that_finds_no_landed_factor_is_named_and_stops_nothing(clean):
    command = clean.command("test", "--select", "every_factor_pattern_finds_a_factor")
    done = subprocess.run(
        command, env=clean.environment(), cwd=clean.folder, capture_output=True, text=True
    )
    assert done.returncode == 0
    named = lines(done.stdout, "seeds/rules/factor_sets.csv: the pattern")
    patterns = [line.split("the pattern ")[1].split()[0] for line in named]
    assert sorted(patterns) == ["country_*", *["momentum_*"] * 2, *["volatility"] * 2]
