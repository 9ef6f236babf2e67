"""The demo, on made-up and on real prices, from the command line to scores equal to the organiser's."""

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from harness import PROJECT, Warehouse
from test_parity import TOLERANCE, Oracle, assert_round_matches

from kardashev.inspection.audit import command, plain
from kardashev.inspection.audit.published import reading_copy
from kardashev.inspection.contribution import held_round, landed_returns
from kardashev.portfolio.dropout import DropoutRule, drawn
from kardashev.portfolio.true_contribution import prepare, true_contribution

EACH = 3  # every third round is looked at
AUDITED = 10  # rounds from the first to the newest


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


def assert_draws_agree(warehouse, least):
    """TC by two other sets of draws; some sixteen models are staked in a round, one with half of it all."""
    correlations = []
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        days = connection.sql(
            "select distinct round_number, target, score_day, known_at from fct_true_contributions"
            " where score_day = 20 and score_version = 'v1' and standard_error is not null order by all"
        )
        columns = "few_staked, draws_of_few"
        few = connection.sql(f"select {columns} from dropout_rules where tournament = 'house'")
        rule = DropoutRule(**few.to_arrow_table().to_pylist()[0])
        for day in days.to_arrow_table().to_pylist()[::EACH]:
            number = day["round_number"]
            block, stakes, problem = held_round(connection, number)
            returns = landed_returns(connection, warehouse.landing, block, day)[:, None]
            found = []
            for seed in (1, 2):
                generator = np.random.default_rng([seed, number])
                draws = drawn(block.gaussian, stakes, generator, rule, problem.exposures)
                stored, _ = prepare(problem, block.gaussian, draws)
                found.append(true_contribution(stored, block.gaussian[stored.places], returns)[0])
            correlations.append(np.corrcoef(found[0][:, 0], found[1][:, 0])[0, 1])
    assert len(correlations) > 10 / EACH
    assert np.mean(correlations) > least


def test_two_sets_of_draws_agree_on_the_simulated_demo(simulated):
    assert_draws_agree(simulated, 0.985)


def test_the_newest_round_is_open_and_every_status_occurs(simulated):
    marts = simulated.marts()
    assert not marts["dim_rounds"]["is_resolved"].iloc[-1]
    assert set(marts["fct_submissions"]["status"]) == {"accepted", "quarantined", "late", "missing"}


def test_alerts_tell_of_each_submission_that_does_not_count_in_full(simulated):
    """Of the rounds that closed in thirty days, and of nobody who neither stakes nor was active."""
    marts = simulated.marts()
    key = ["round_number", "model_id"]
    entries = marts["fct_submissions"].merge(marts["dim_rounds"], on="round_number")
    entries = entries.merge(marts["fct_stakes"], on=key, how="left").fillna({"stake_nmr": 0})
    ((clock,),) = simulated.query("select clock_at from int_clock")
    month = pd.Timedelta(days=30)
    expected = {}
    for row in entries[entries["close_at"] > clock - month].itertuples():
        is_zeroed = isinstance(row.zeroed_reason, str)
        alert = row.status if row.status != "accepted" else "zeroed" if is_zeroed else None
        before = entries[(entries["model_id"] == row.model_id) & (entries["status"] != "missing")]
        is_active = before["close_at"].between(row.close_at - month, row.close_at).any()
        if alert == "missing" and not (row.stake_nmr > 0 or is_active):
            alert = None
        if alert and row.close_at <= clock:
            expected[row.round_number, row.model_id] = alert
    found = marts["fct_alerts"].query("alert != 'decayed'").set_index(key)["alert"].to_dict()
    assert found == expected
    assert set(expected.values()) == {"quarantined", "missing", "zeroed"}


def test_pending_payouts_add_up_by_model_and_by_account(simulated):
    marts = simulated.marts()
    payouts = marts["fct_payouts"].query("at_risk_nmr > 0 and pending_nmr.notna()")
    payouts = payouts.merge(marts["dim_models"], on="model_id")
    found = marts["fct_pending_payouts"].set_index("model_id")
    for column, owner in (("pending_nmr", "model_id"), ("account_pending_nmr", "account_id")):
        expected = payouts.groupby(owner)["pending_nmr"].sum()
        owners = found.index if owner == "model_id" else found[owner]
        assert set(owners) == set(expected.index)
        np.testing.assert_allclose(found[column], expected[owners], rtol=0, atol=1e-12)


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


HALF_A_YEAR, TWO_YEARS = "2020-10-16", "2019-04-26"  # to the last price, 2021-04-16


@pytest.fixture(
    scope="module", params=[HALF_A_YEAR, pytest.param(TWO_YEARS, marks=pytest.mark.long)]
)
def real(request, tmp_path_factory, shared_data):
    """Real prices from a day on."""
    prices = shared_data / "sp500_daily_2014_2021.parquet"
    securities = shared_data / "sp500_constituents_2021.csv"
    folder = tmp_path_factory.mktemp("real")
    files = ("--prices", prices, "--securities", securities)
    return build_demo(folder, *files, "--from", request.param)


def test_scores_and_draws_on_real_prices_are_as_on_made_up_ones(real):
    marts = real.marts()
    numbers = resolved_rounds(marts)
    assert_rounds_match(real, [numbers[0], numbers[len(numbers) // 2], numbers[-1]])
    assert_draws_agree(real, 0.985)


def test_ten_rounds_of_real_prices_are_recomputed_from_the_landing(real, monkeypatch):
    monkeypatch.setattr(command, "formulas", lambda: plain)  # above it is numerai-tools'
    every = real.marts()["dim_rounds"]["round_number"].tolist()
    numbers = [
        every[place] for place in np.linspace(0, len(every) - 1, AUDITED).round().astype(int)
    ]
    with reading_copy(real.published) as copy:
        parts = command.audited(copy, real.landing, PROJECT / "seeds" / "rules", numbers)
    for part in parts.values():
        assert not part.findings, part.findings[0].line()
        assert part.count and part.largest <= TOLERANCE, part.name
