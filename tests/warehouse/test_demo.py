"""The demo, on made-up and on real prices, from the command line to scores equal to the organiser's."""

import subprocess
import sys
from pathlib import Path

import pytest
from harness import Warehouse
from test_parity import Oracle, assert_round_matches


def kardashev(warehouse, *arguments):
    command = [str(Path(sys.executable).with_name("kardashev")), *map(str, arguments)]
    done = subprocess.run(
        command,
        env=warehouse.environment(),
        cwd=warehouse.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def build_demo(folder, *arguments):
    warehouse = Warehouse(folder)
    kardashev(warehouse, "demo", *arguments)
    warehouse.build(is_tested=True)
    return warehouse


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    return build_demo(tmp_path_factory.mktemp("simulated"), "--stocks", 150, "--rounds", 20)


def resolved_rounds(marts):
    rounds = marts["dim_rounds"]
    return rounds.loc[rounds["is_resolved"], "round_number"].tolist()


def assert_rounds_match(warehouse, numbers):
    marts = warehouse.marts()
    targets = ["factor_feat_neutral", "factor_neutral", "raw_return", "chili"]
    final_days = {f"{name}_{horizon}": horizon for name in targets for horizon in (20, 60)}
    for number in numbers:
        assert_round_matches(Oracle(warehouse.landing, number, final_days), marts, k=200)


def test_scores_of_the_simulated_demo_equal_the_organisers_code(simulated):
    assert_rounds_match(simulated, resolved_rounds(simulated.marts()))


def test_the_newest_round_is_open_and_every_status_occurs(simulated):
    marts = simulated.marts()
    assert not marts["dim_rounds"]["is_resolved"].iloc[-1]
    assert set(marts["fct_submissions"]["status"]) == {"accepted", "quarantined", "late", "missing"}


def test_the_tour_shows_scores_the_file_and_three_queries(simulated):
    shown = kardashev(simulated, "tour")
    assert str(simulated.published) in shown
    assert shown.count(";\n") == 3
    assert "corr_v4" in shown
    for name in (
        "Whale",
        "Flat",
        "Summit",
        "Someday",
        "ines_mirror",
    ):  # staked, bad, late, absent, clone
        assert name in shown


def test_scores_on_real_prices_equal_the_organisers_code(tmp_path, shared_data):
    prices = shared_data / "sp500_daily_2014_2021.parquet"
    securities = shared_data / "sp500_constituents_2021.csv"
    warehouse = build_demo(tmp_path, "--prices", prices, "--securities", securities)
    marts = warehouse.marts()
    numbers = resolved_rounds(marts)
    assert len(marts["dim_rounds"]) == 104
    assert_rounds_match(warehouse, [numbers[0], numbers[len(numbers) // 2], numbers[-1]])
