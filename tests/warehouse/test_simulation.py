"""Replays against production: the stakes that a replay comes to, landed and built, give the same payouts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import Warehouse, with_rules
from test_payouts import REAL_PAYOUTS, land_real_payouts

from kardashev.cli import main

ROUNDS = range(1, 8)
RULE = "everything"
LATE_ENTRY = ("model_f", 3)  # stakes nothing before that round
IMPATIENT = "model_c"  # has no MPC in its sum, and is paid before the others
TERMS = (
    *("corr_v4,v1,0.2", "mmc,v1,1", "bmc,v1,0.3", "neutral_mmc,v1,0.5", "mpc,v3,0.5"),
    *("tc,v1,0.0003", "tc,undropped,0.0002", "tc,masked,0.0001", "tc,rank,0.01"),
)
PAYS = "0.25,false,30,0.1,10"  # clip, clips_before_factor, stake_threshold_nmr, retention


def rule_rows(name, tournament_name):
    rule = f"{tournament_name},{name},,,,,{PAYS}"
    return rule, [f"{name},{term}" for term in TERMS]


def beside(text, rows):
    return "\n".join([text.rstrip(), *rows]) + "\n"


def in_place_of(text, name, rows):
    kept = [line for line in text.splitlines() if f"{name}," not in line]
    return "\n".join([*kept, *rows]) + "\n"


def land(landing, staked):
    """Seven rounds; final days are known by eight days after the close, so that payouts meet later rounds."""
    tournament.land_all(landing, ROUNDS)
    for number in ROUNDS:
        stakes = {"round_number": number, "model_id": tournament.MODELS}
        stakes["stake_nmr"] = [staked(number, model) for model in tournament.MODELS]
        stakes["mpc_multiplier"] = [0.0 if m == IMPATIENT else np.nan for m in tournament.MODELS]
        tournament.write(pd.DataFrame(stakes), landing, "stakes", number)
    for path in Path(landing, "targets").iterdir():
        frame = pd.read_parquet(path)
        number = frame["round_number"].iloc[0]
        days = np.where(frame["target"].isin(tournament.TARGETS[60]), 10, 8) * tournament.DAY
        frame["known_at"] = tournament.open_at(number) + days
        frame.to_parquet(path, index=False)


def constant_stake(number, model):
    is_in = model != LATE_ENTRY[0] or number >= LATE_ENTRY[1]
    return is_in * (2.0 + 4 * tournament.MODELS.index(model))


def simulate(warehouse, *arguments):
    places = ["--database", str(warehouse.database), "--landing", str(warehouse.landing)]
    return main(["simulate", *arguments, *places, "--project-dir", str(warehouse.project)])


def replayed(warehouse, name, rule=RULE):
    frame = warehouse.marts()[name]
    return frame[frame["payout_rule"] == rule].reset_index(drop=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Landed with stakes that stay, built, its old signals dropped by a second build, then replayed."""
    rule, terms = rule_rows(RULE, "nobody")
    warehouse = with_rules(
        tmp_path_factory.mktemp("world"),
        payout_rules=lambda text: beside(text, [rule]),
        payout_terms=lambda text: beside(text, terms),
    )
    land(warehouse.landing, constant_stake)
    warehouse.build()
    warehouse.build()
    held = warehouse.query("select min(round_number) from int_signals_ranked")
    assert held > [(1,)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KARDASHEV_PUBLISHED", str(warehouse.published))
        assert simulate(warehouse, "--from", "1", "--to", "7", "--pay", RULE) == 0
    return warehouse


@pytest.fixture(scope="module")
def paid(world, tmp_path_factory):
    """The replay's stakes landed, under the replay's rule, and built."""
    stakes = replayed(world, "fct_simulated_stakes").set_index(["round_number", "model_id"])
    rule, terms = rule_rows("house", "house")
    warehouse = with_rules(
        tmp_path_factory.mktemp("paid"),
        payout_rules=lambda text: in_place_of(text, "house,house", [rule]),
        payout_terms=lambda text: in_place_of(text, "house", terms),
    )
    land(warehouse.landing, lambda number, model: stakes["stake_nmr"].loc[(number, model)])
    warehouse.build()
    return warehouse


def test_a_replays_stakes_landed_and_built_are_paid_what_the_replay_paid(world, paid):
    found = replayed(world, "fct_simulated_stakes")
    expected = paid.marts()["fct_payouts"]
    assert found[["round_number", "model_id"]].equals(expected[["round_number", "model_id"]])
    for column in ("stake_nmr", "at_risk_nmr", "payout_factor", "payout_nmr"):
        np.testing.assert_allclose(found[column], expected[column], rtol=0, atol=1e-9)
    assert found["settled_at"].equals(expected["settled_at"])
    is_paid = (found["at_risk_nmr"] > 0) & expected["unpaid_reason"].isna()
    np.testing.assert_allclose(
        found["score_used"][is_paid], expected["score_used"][is_paid], rtol=0, atol=1e-9
    )
    assert is_paid.sum() > 10
    assert found["score_used"][~is_paid].isna().any()
    assert (found["payout_factor"] < 1).any()
    assert (found["payout_nmr"].abs() > 0.01).sum() > 10


def test_only_settled_payouts_move_the_stakes_of_a_replay(paid):
    ledger = paid.marts()["fct_stake_ledger"]
    model, entry = LATE_ENTRY
    is_entry = (ledger["model_id"] == model) & (ledger["round_number"] == entry)
    moved = ledger[ledger["former_stake_nmr"].notna() & ~is_entry]
    np.testing.assert_allclose(moved["other_change_nmr"], 0, rtol=0, atol=1e-9)
    assert (moved["settled_nmr"] != 0).sum() > 5


@pytest.mark.parametrize("column", ["value", "frozen_value"])
def test_meta_models_of_a_replay_score_as_production_scores_them(world, paid, column):
    """Frozen stakes are those landed in the first world, paid ones those landed in the second."""
    production = paid if column == "value" else world
    names = ["round_number", "meta_model", "score", "score_version"]
    rows = production.query(f"select {', '.join(names)}, value from int_meta_model_scores")
    expected = pd.DataFrame(rows, columns=[*names, "value"]).set_index(names)["value"].dropna()
    found = replayed(world, "fct_simulated_scores").set_index(names)[column].dropna()
    found = found[found.index.get_level_values("score") != "alpha"]
    assert set(found.index) == set(expected.index)
    np.testing.assert_allclose(found, expected.loc[found.index], rtol=0, atol=1e-12)


def test_alpha_of_the_meta_portfolio_is_its_return(world, paid):
    scores = replayed(world, "fct_simulated_scores").query("score == 'alpha'")
    portfolios = paid.marts()["fct_meta_models"].query("meta_model == 'SWP'")
    for number in (2, 4, 6):  # their targets cover every stock
        weights = portfolios.query("round_number == @number").set_index("stock_id")["value"]
        target = tournament.target_values(number, "chili_60", 60)
        (value,) = scores.query("round_number == @number")["value"]
        np.testing.assert_allclose(value, (weights * target).sum(), rtol=0, atol=1e-12)


def test_payouts_move_the_meta_model(world):
    scores = replayed(world, "fct_simulated_scores").query("meta_model == 'SWMM'")
    differs = scores["value"] != scores["frozen_value"]
    assert not differs[
        scores["round_number"] <= 2
    ].any()  # the first payout settles after the second close
    assert differs[scores["round_number"] > 2].sum() > 5
    frozen = replayed(world, "fct_simulated_stakes", "frozen")
    keys = frozen[["round_number", "model_id"]].itertuples(index=False, name=None)
    assert frozen["stake_nmr"].tolist() == [constant_stake(*key) for key in keys]
    assert frozen["payout_nmr"].isna().all()


def test_replays_stay_when_other_builds_follow(world):
    before = {name: replayed(world, f"fct_simulated_{name}") for name in ("stakes", "scores")}
    world.build()
    for name, frame in before.items():
        pd.testing.assert_frame_equal(replayed(world, f"fct_simulated_{name}"), frame)
    assert world.query("select min(round_number) from int_signals_ranked") > [(1,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "7", "--to", "1", "--pay", RULE], "--from is above --to"),
        (["--from", "70", "--to", "71", "--pay", RULE], "no live round from 70 to 71"),
        (["--from", "1", "--to", "7", "--pay", "alms"], "no payout rule alms: payout_rules has"),
        (
            ["--from", "1", "--to", "7", "--pay", "signals_corr"],
            "signals_corr pays on corr20 v1, which 7 of the rounds are not scored on, as 1",
        ),
    ],
    ids=["order", "rounds", "rule", "score"],
)
def test_what_cannot_be_replayed_is_one_line_that_says_why(world, capfd, arguments, message):
    assert simulate(world, *arguments) == 2
    said = [line for line in capfd.readouterr().err.splitlines() if line.startswith("kardashev: ")]
    assert len(said) == 1
    assert message in said[0]


def test_a_replay_of_real_rounds_is_the_plain_recursion(tmp_path, shared_data, monkeypatch):
    """Rounds of which only stakes, multipliers and scores are known: payouts compound four weeks later."""
    warehouse = Warehouse(tmp_path)
    rows = land_real_payouts(warehouse.landing, shared_data / REAL_PAYOUTS)
    warehouse.build()
    monkeypatch.setenv("KARDASHEV_PUBLISHED", str(warehouse.published))
    asked = ["--from", "240", "--to", "279", "--pay", "classic_corr_mmc"]
    assert simulate(warehouse, *asked) == 0
    found = replayed(warehouse, "fct_simulated_stakes", "classic_corr_mmc")
    found = found.set_index(["round_number", "model_id"])[["stake_nmr", "payout_nmr"]]
    stakes, unsettled = {}, []
    for number, of_round in rows.groupby("round_number"):
        for settled in [payouts for last, payouts in unsettled if last == number - 5]:
            for model, payout in settled.items():
                stakes[model] = max(stakes[model] + payout, 0)
        for row in of_round.itertuples():
            if row.stake_nmr > 0:
                stakes.setdefault(row.model_id, row.stake_nmr)
        of_round = of_round.set_index("model_id")
        at_risk = pd.Series({model: stakes.get(model, 0.0) for model in of_round.index})
        at_risk = at_risk.where(of_round["stake_nmr"] > 0, 0)
        score = of_round["corr"] * of_round["corr_multiplier"]
        score = score + of_round["mmc"] * of_round["mmc_multiplier"]
        factor = min(1, 300_000 / at_risk.sum())
        payouts = at_risk * (factor * score).clip(-0.25, 0.25).fillna(0)
        unsettled.append((number, payouts[payouts != 0]))
        of_replay = found.loc[number].reindex(of_round.index)
        np.testing.assert_allclose(of_replay["payout_nmr"], payouts, rtol=0, atol=1e-8)
    assert found["stake_nmr"].loc[279].sum() > 2 * found["stake_nmr"].loc[240].sum()


def test_without_a_project_or_a_warehouse_a_replay_says_so(tmp_path, capsys):
    missing = ["--database", str(tmp_path / "none.duckdb"), "--pay", "house"]
    assert main(["simulate", "--from", "1", "--to", "2", *missing]) == 2
    assert "run `dbt build` first" in capsys.readouterr().err
    elsewhere = ["--project-dir", str(tmp_path)]
    assert main(["simulate", "--from", "1", "--to", "2", *missing, *elsewhere]) == 2
    assert "no dbt project" in capsys.readouterr().err
