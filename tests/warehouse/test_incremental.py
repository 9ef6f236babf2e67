"""A build does what is due and nothing else."""

import os
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
import tournament
from harness import assert_same_marts

from kardashev.landing.compaction import compact


def test_the_unit_tests_of_models_pass(clean):
    has_succeeded, output = clean.dbt("test", "--select", "test_type:unit")
    assert has_succeeded, output


def test_the_published_copy_describes_its_tables_and_columns(clean):
    with duckdb.connect(str(clean.published), read_only=True) as connection:
        for kind in ("tables", "columns"):
            undescribed = f"from duckdb_{kind}() where not internal and comment is null"
            assert connection.execute(undescribed).fetchall() == []


@pytest.fixture
def one_due(warehouse, clean):
    """A copy of the clean warehouse, in which only the second round is due and the others are kept rows."""
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.execute("update int_rounds_due set is_stale = false where round_number != 2")
    return warehouse


def test_data_tests_look_at_what_the_build_wrote_and_at_whole_tables_when_asked(one_due):
    def passes(*arguments):
        return one_due.dbt("test", "--select", "fct_stakes,test_type:generic", *arguments)[0]

    def owe(number):
        one_due.execute(f"update fct_stakes set at_risk_nmr = -1 where round_number = {number}")

    owe(1)
    assert passes()
    owe(2)
    assert not passes()
    one_due.execute("delete from fct_stakes where round_number = 2")
    assert not passes("--vars", "whole_tables: true")


def test_a_kept_row_that_shares_a_key_is_found_when_asked(one_due):
    one_due.execute("insert into fct_stakes from fct_stakes where round_number = 1 limit 1")
    run = ("run", "--select", "fct_stakes")
    assert one_due.dbt(*run)[0]
    has_succeeded, output = one_due.dbt(*run, "--vars", "whole_tables: true")
    assert not has_succeeded
    assert "fct_stakes: round_number, model_id must name one row and never be null" in output


def test_rows_that_share_a_key_leave_the_table_as_it_was(one_due):
    one_due.execute("insert into int_stakes from int_stakes where round_number = 2 limit 1")
    kept = one_due.query("from int_stakes_at_risk order by all")
    has_succeeded, output = one_due.dbt("run", "--select", "int_stakes_at_risk")
    assert not has_succeeded
    assert (
        "int_stakes_at_risk: round_number, model_key must name one row and never be null" in output
    )
    assert one_due.query("from int_stakes_at_risk order by all") == kept


def test_a_table_that_became_a_view_or_a_view_that_became_a_table_gives_its_place(one_due):
    one_due.execute("drop view int_badges; create table int_badges as select 1 as one")
    for table in ("dim_days", "int_streaks"):
        one_due.execute(f"drop table {table}; create view {table} as select 1 as one")
    assert one_due.dbt("run", "--select", "int_badges", "dim_days", "int_streaks")[0]
    types = "select table_type from information_schema.tables where table_name in {} order by table_name"
    names = ("dim_days", "int_badges", "int_streaks")
    assert one_due.query(types.format(names)) == [("BASE TABLE",), ("VIEW",), ("BASE TABLE",)]


def worklist(warehouse, flag):
    return [n for (n,) in warehouse.query(f"select round_number from int_rounds_due where {flag}")]


NOTES_ITS_IMPORTS = """
import atexit, os, pathlib, sys


def note():
    if "dbt" in sys.modules:  # and no helper of multiprocessing
        pathlib.Path(os.environ["IMPORTED"]).write_text(" ".join(sys.modules))


atexit.register(note)
"""


@pytest.fixture
def imported(tmp_path_factory, monkeypatch):
    """A function: the modules that the newest build had loaded when it ended."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "sitecustomize.py").write_text(NOTES_ITS_IMPORTS)
    monkeypatch.setenv("IMPORTED", str(folder / "modules"))
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    monkeypatch.setenv("PYTHONPATH", path)
    return lambda: set((folder / "modules").read_text().split())


def test_a_build_with_nothing_new_changes_nothing_and_loads_nothing_heavy(
    warehouse, clean, imported
):
    """Nor where the landing was compacted: the same rows lie in other files."""
    heavy = {"torch", "cvxpy", "cvxpylayers", "great_expectations", "scipy.stats"}
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    fingerprints = "select round_number, fingerprint from int_rounds_landed order by 1"
    before, first = warehouse.query(fingerprints), warehouse.marts()
    result = compact(warehouse.landing, tournament.open_at(100))
    assert (result.rounds, result.left) == (5, {})  # the lone round has one file
    assert len(list((warehouse.landing / "submissions").rglob("*.parquet"))) == len(before)
    warehouse.build(is_apart=True)
    assert "duckdb" in imported()
    assert not heavy & imported()
    assert warehouse.query(fingerprints) == before
    assert worklist(warehouse, "is_stale or is_prepared") == []
    assert warehouse.query("select count(*) from int_target_days_due") == [(0,)]
    for work in ("int_results_due", "int_as_of_dates_due"):
        assert warehouse.query(f"select count(*) from {work} where is_due") == [(0,)]
    second = warehouse.marts()
    assert second.pop("fct_provenance_files")["path"].str.contains("compacted").sum() == 5
    del first["fct_provenance_files"]
    for name, frame in first.items():
        assert frame.equals(second[name]), name  # scored_at included


def test_a_touched_file_with_the_same_content_is_not_due_and_only_new_files_are_read(
    warehouse, clean
):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.built_marts = ("fct_scores",)
    tournament.land_all(warehouse.landing, tournament.ROUNDS)
    tournament.land_round(warehouse.landing, 9)
    warehouse.build()
    assert worklist(warehouse, "is_changed") == [9]
    files = warehouse.query("select distinct path from int_files_due")
    assert files
    assert all(path.split("/")[1].startswith("9") for (path,) in files)


def test_a_round_closes_by_the_clock_and_new_target_days_touch_neither_ranks_nor_weights(warehouse):
    """A round's life: open, closed because another has news, its days one by one, its last ones."""
    landing = warehouse.landing
    tournament.land_models(landing)
    for number in (5, 6):
        tournament.land_round(landing, number)
    warehouse.build()
    assert set(warehouse.marts()["fct_scores"]["round_number"]) == {5}  # 6 is still to close
    tournament.land_targets(landing, 5, 20, day=5)
    warehouse.build()
    assert worklist(warehouse, "is_changed") == []
    closed = warehouse.marts()["fct_scores"].query("target == 'none'")
    assert set(closed["round_number"]) == {5, 6}
    before = held(warehouse)
    for number in (5, 6):
        for horizon in tournament.TARGETS:
            tournament.land_targets(landing, number, horizon, day=6)
    warehouse.build()
    assert worklist(warehouse, "true") == []
    assert held(warehouse) == before
    assert set(warehouse.marts()["fct_scores"]["score_day"]) == {0, 5, 6}
    for horizon in tournament.TARGETS:
        tournament.land_targets(landing, 5, horizon)
    warehouse.build()
    marts = warehouse.marts()
    scores = marts["fct_scores"].query("round_number == 5")
    assert scores.loc[scores["score_day"] > 6, "is_final"].all()
    paid = {
        "tc": "v1",
        "alpha": "v1",
        "mpc": "v3",
    }  # the last two on targets of 60 days, from day 6 on
    for day, kept in ((5, {"tc"}), (6, set(paid))):
        daily = scores[scores["score_day"] == day]
        assert dict(zip(daily["score"], daily["score_version"], strict=True)).items() == {
            (score, paid[score]) for score in kept
        }
    warehouse.build("--full-refresh")
    assert_same_marts(marts, warehouse.marts())


def held(warehouse):
    """Where the rows of what is made at the close lie: rewritten rows would lie elsewhere."""
    tables = ("int_signal_ranks", "int_factor_loadings", "int_neutral_norms")
    tables += ("int_meta_models", "int_signal_extremes")
    return [warehouse.query(f"select rowid, * from {table} order by rowid") for table in tables]


def test_a_corrected_n_or_factor_reaches_all_that_is_made_of_it(warehouse, clean):
    """Columns are held by what they were made from: old ones must not stay for new files."""
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    for table, number, column in (("neutralizers", 5, "n_4"), ("factors", 6, "beta")):
        path = warehouse.landing / table / f"{number}.parquet"
        rows = pd.read_parquet(path)
        if table == "neutralizers":
            rows = rows.drop(columns=column)
        else:
            rows[column] = rows[column].to_numpy()[::-1]
        rows.to_parquet(path, index=False)
    warehouse.build()
    assert set(warehouse.query("select round_number, is_made from int_loadings_due")) >= {
        (5, True),
        (6, True),
    }
    marts, former = warehouse.marts(), clean.marts()["fct_scores"]
    for number, score in ((5, "alpha"), (6, "max_exposure")):
        chosen = f"round_number == {number} and score == '{score}'"
        found, before = (f.query(chosen)["value"].to_numpy() for f in (marts["fct_scores"], former))
        assert len(found) == len(before) and not np.isclose(found, before, equal_nan=True).all()
    warehouse.build("--full-refresh")
    assert_same_marts(marts, warehouse.marts())


def test_revisions_prepare_dropped_signals_again_leave_a_trace_and_can_be_taken_back(
    warehouse, clean
):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.build()  # resolved rounds outside every window are dropped now
    prepared = "select distinct round_number from int_signal_ranks order by 1"
    assert warehouse.query(prepared) == [(5,), (6,)]
    revisions = [
        tournament.land_targets(warehouse.landing, number, horizon, revision=1)
        for number, horizon in ((2, 60), (5, 20))
    ]
    warehouse.build()
    assert (2,) in warehouse.query(prepared)
    marts, former = warehouse.marts(), clean.marts()
    key = ["round_number", "model_id", "score", "score_version", "target", "score_day"]
    history = marts["fct_score_revisions"]
    for chosen in (
        "round_number == 2 and score == 'alpha'",
        "round_number == 5 and score == 'ric'",
    ):
        of_score = history.query(f"{chosen} and is_final")
        assert of_score.groupby(key)["known_at"].nunique().eq(2).all()
        by_time = of_score.sort_values("known_at").groupby(key)["value"]
        first, newest = by_time.first(), by_time.last()
        was, now = (
            frames["fct_scores"].set_index(key)["value"].reindex(first.index)
            for frames in (former, marts)
        )
        np.testing.assert_allclose(first, was, rtol=0, atol=1e-12)
        np.testing.assert_allclose(newest, now, rtol=0, atol=1e-12)
        assert not np.allclose(was, now)
    for revision in revisions:
        revision.unlink()
    warehouse.build()
    assert_same_marts(warehouse.marts(), former)
