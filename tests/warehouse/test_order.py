"""Whatever the order in which things arrive, and whoever builds them: the marts of one clean build."""

import shutil

import pytest
import tournament
from harness import assert_same_marts


def land(landing, number):
    tournament.land_round(landing, number)
    for horizon in tournament.TARGETS:
        tournament.land_targets(landing, number, horizon)


def lags(warehouse, number):
    """The rounds that a round's submissions are compared with."""
    stability = warehouse.marts()["fct_stability"]
    return set(stability.loc[stability["round_number"] == number, "lag_round"])


@pytest.mark.parametrize(
    "builds",
    [((1, 2), (3, 4), (5, 6)), ((5,), (2,), (6,), (1, 4), (3,))],
    ids=["in turn", "shuffled"],
)
def test_rounds_built_by_and_by_equal_all_at_once(warehouse, clean, builds):
    """The round that is built last was missing in the window of the one after it."""
    tournament.land_models(warehouse.landing)
    for numbers in builds:
        for number in numbers:
            land(warehouse.landing, number)
        warehouse.build()
        if 4 in numbers and 3 not in numbers:
            assert lags(warehouse, 4) == {2}  # no round in its days: the last one before
    assert_same_marts(warehouse.marts(), clean.marts())
    stale = warehouse.query("select round_number, is_changed from int_rounds_due where is_stale")
    if builds[-1] == (3,):  # the round, and the one whose window it is in
        assert sorted(stale) == [(3, True), (4, False)]
        assert lags(warehouse, 4) == {3}


def test_a_correction_to_an_old_round(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    tournament.land_upload(warehouse.landing, 1, "model_c", correction=1)
    tournament.write(
        tournament.pd.DataFrame(
            {"round_number": 1, "model_id": tournament.MODELS, "stake_nmr": 33.25}
        ),
        warehouse.landing,
        "stakes",
        1,
    )
    warehouse.build()
    corrected = warehouse.marts()
    with pytest.raises(AssertionError):
        assert_same_marts(corrected, clean.marts())
    shutil.rmtree(warehouse.landing)
    shutil.copytree(clean.landing, warehouse.landing)
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


def test_one_thread_equals_four(warehouse, clean):
    shutil.copytree(clean.landing, warehouse.landing)
    warehouse.build(threads=1)
    assert_same_marts(warehouse.marts(), clean.marts())
    warehouse.build("--full-refresh", threads=4)
    assert_same_marts(warehouse.marts(), clean.marts())


def test_a_round_that_is_no_longer_landed_is_gone(warehouse):
    tournament.land_all(warehouse.landing, (5, 6, 7))
    warehouse.build()
    assert lags(warehouse, 7) == {6}
    for path in warehouse.landing.rglob("6*.parquet"):
        if path.stem.split("_")[0] == "6":
            path.unlink()
    warehouse.build()
    marts = warehouse.marts()
    for name in ("fct_scores", "fct_stakes", "fct_payouts", "fct_submissions", "dim_rounds"):
        assert set(marts[name]["round_number"]) == {5, 7}, name
    for name in ("fct_meta_models", "fct_stability"):
        assert set(marts[name]["round_number"]) == {7}, name
    assert lags(warehouse, 7) == {5}
    warehouse.build()
    assert warehouse.query("select count(*) from int_rounds_due where is_stale") == [(0,)]
    warehouse.build("--full-refresh")
    assert_same_marts(warehouse.marts(), marts)
