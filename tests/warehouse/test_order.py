"""Whatever the order of things, whoever builds, whatever is killed: the marts of one clean build."""

import shutil

import numpy as np
import pytest
import tournament
from harness import PUBLISHING, assert_same_marts, kill_build


def land(landing, number):
    tournament.land_round(landing, number)
    for horizon in tournament.TARGETS:
        tournament.land_targets(landing, number, horizon)


def lags(warehouse, number):
    """The rounds that a round's submissions are compared with."""
    stability = warehouse.marts()["fct_stability"]
    return set(stability.loc[stability["round_number"] == number, "lag_round"])


def test_rounds_built_by_and_by_equal_all_at_once(warehouse, clean):
    """By one thread and by two, after builds that were killed: here they begin where others were ended.

    The round that is built last was missing in the window of the one after it.
    """
    warehouse.has_parquet = True
    tournament.land_models(warehouse.landing)
    former = None
    for numbers, threads, places in (
        ((5,), 2, ()),
        ((2,), 1, ("int_rounds_due", "int_meta_models")),  # the worklist is written; signals are
        ((6, 1, 4), 1, ("int_running_sums",)),  # standings are
        ((3,), 2, ("int_rounds_built", PUBLISHING)),  # the record of rounds is; half a copy is
    ):
        for number in numbers:
            land(warehouse.landing, number)
        for place in places:
            kill_build(warehouse, place)
            assert_same_marts(warehouse.marts(), former)  # people read the last whole publication
        warehouse.build(threads=threads)
        former = warehouse.marts()
        if 4 in numbers:
            assert lags(warehouse, 4) == {2}  # no round in its days: the last one before
    assert_same_marts(former, clean.marts())
    assert lags(warehouse, 4) == {3}


@pytest.mark.long
def test_rounds_built_in_turn_equal_all_at_once(warehouse, clean):
    tournament.land_models(warehouse.landing)
    for numbers in ((1, 2), (3, 4), (5, 6)):
        for number in numbers:
            land(warehouse.landing, number)
        warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


def test_a_correction_to_an_old_round_and_one_that_is_no_longer_landed(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    landing = warehouse.landing
    assert lags(warehouse, 6) == {5}
    tournament.land_upload(landing, 1, "model_c", correction=1)
    stakes = {"round_number": 1, "model_id": tournament.MODELS, "stake_nmr": 33.25}
    tournament.write(tournament.pd.DataFrame(stakes), landing, "stakes", 1)
    for path in landing.rglob("5*.parquet"):
        if path.stem.split("_")[0] == "5":
            path.unlink()
    warehouse.build()
    marts = warehouse.marts()
    for name in ("fct_scores", "fct_stakes", "fct_payouts", "fct_submissions", "dim_rounds"):
        assert set(marts[name]["round_number"]) == set(tournament.ROUNDS) - {5}, name
    assert lags(warehouse, 6) == {4}
    for name in ("int_factor_loadings", "int_columns_profiled", "int_orthonormality_profiled"):
        assert not warehouse.query(f"from {name} where round_number = 5"), name
    corrected, former = marts["fct_scores"], clean.marts()["fct_scores"]
    was, now = (
        frame.query("round_number == 1 and model_id == 'model_c' and score == 'ric'")["value"]
        for frame in (former, corrected)
    )
    assert not np.allclose(was, now)
    shutil.rmtree(landing)
    shutil.copytree(clean.landing, landing)
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())
