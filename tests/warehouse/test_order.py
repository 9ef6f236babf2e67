"""Whatever the order in which things arrive, and whoever builds them: the marts of one clean build."""

import shutil

import pytest
import tournament
from conftest import ROUNDS
from harness import assert_same_marts


def land(landing, number):
    tournament.land_round(landing, number)
    for horizon in tournament.TARGETS:
        tournament.land_targets(landing, number, horizon)


@pytest.mark.parametrize("order", [ROUNDS, (5, 2, 6, 1, 4, 3)], ids=["in turn", "shuffled"])
def test_rounds_built_one_by_one_equal_all_at_once(warehouse, clean, order):
    tournament.land_models(warehouse.landing)
    for number in order:
        land(warehouse.landing, number)
        warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


def lags(warehouse, number):
    """The rounds that a round's submissions are compared with."""
    stability = warehouse.marts()["fct_stability"]
    return set(stability.loc[stability["round_number"] == number, "lag_round"])


def test_a_late_round_between_two_others(warehouse, clean):
    tournament.land_all(warehouse.landing, [n for n in ROUNDS if n != 3])
    warehouse.build()
    assert lags(warehouse, 4) == {2}  # no round in its days: the last one before
    land(warehouse.landing, 3)
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())
    stale = warehouse.query("select round_number, is_changed from int_rounds_due where is_stale")
    assert sorted(stale) == [(3, True), (4, False)]  # the round, and the one whose window it is in
    assert lags(warehouse, 4) == {3}


def test_a_correction_to_an_old_round(warehouse, clean):
    shutil.copytree(clean.landing, warehouse.landing)
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
