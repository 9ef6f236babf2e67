"""The organiser's dated payout rules, by hand: rounds with nothing but stakes and scores taken elsewhere."""

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import Warehouse

OPENED = {
    "classic": {470: "2023-04-30", 484: "2023-05-13", 485: "2023-05-16"},
    "signals": {
        **{400: "2023-01-07", 490: "2023-05-24", 500: "2023-06-06", 501: "2023-06-07"},
        **{1090: "2025-12-20", 1091: "2025-12-23", 1092: "2026-01-01"},
    },
}
CHOSEN = ("corr_multiplier", "corr20_multiplier", "fnc_v4_multiplier", "tc_multiplier")
STAKES = {  # round, model, and the multipliers that it chose; each stakes 100 NMR
    "classic": [
        *((470, "plain"), (484, "plain"), (485, "plain")),
        *((n, "chose", {"corr20_multiplier": 0.5, "tc_multiplier": 3}) for n in (484, 485)),
        (485, "idle", {"corr_multiplier": 0}),
    ],
    "signals": [
        *((number, "plain") for number in (400, 490, 1090, 1091, 1092)),
        (490, "chose", {"corr20_multiplier": 2, "tc_multiplier": 3}),
        (500, "chose", {"corr20_multiplier": 2, "tc_multiplier": 0.5}),
        (500, "anew", {"corr20_multiplier": 0, "fnc_v4_multiplier": 2}),
        (501, "chose", {"tc_multiplier": 3.5}),
    ],
}
MPC_ROUNDS = {1090: "v1", 1091: "v2", 1092: "v3"}
MPC = {"v1": 0.002, "v2": 0.004, "v3": 0.006}
SCORES = {  # round, model, score, value
    "classic": [
        (470, "plain", "corr20", 0.2),
        *((n, m, "corr20", 0.01) for n in (484, 485) for m in ("plain", "chose", "idle")),
        *((n, m, "corr20_v2", 0.02) for n in (484, 485) for m in ("plain", "chose")),
        *((485, "chose", "tc", 0.005), (485, "idle", "tc", 0.01), (485, "idle", "corr20_v2", 0.03)),
    ],
    "signals": [
        *((400, "plain", "corr20", 0.01), (501, "chose", "fnc_v4", 0.01)),
        *((490, model, "corr20", 0.01) for model in ("plain", "chose")),
        *(
            (490, "chose", "tc", 0.005),
            (500, "chose", "fnc_v4", 0.01),
            (500, "anew", "fnc_v4", 0.01),
            (500, "chose", "tc", 0.02),
        ),
        *((number, "plain", "alpha", 0.001) for number in MPC_ROUNDS),
        *((n, "plain", "mpc", value, v) for n in MPC_ROUNDS for v, value in MPC.items()),
        *((n, "plain", "mpc", value / 2, v, 59) for n in MPC_ROUNDS for v, value in MPC.items()),
    ],
}


def land(landing, name):
    openings = {
        n: pd.Timestamp(day, tz="UTC") + tournament.DAY / 2 for n, day in OPENED[name].items()
    }
    rounds = pd.DataFrame({"round_number": list(openings), "open_at": list(openings.values())})
    rounds = rounds.assign(
        tournament=name, kind="live", close_at=rounds["open_at"] + 2 * tournament.DAY
    )
    rounds["era_date"] = (rounds["open_at"] - tournament.DAY).dt.date
    tournament.write(rounds, landing, "rounds", "all")
    stakes = [
        {
            "round_number": number,
            "model_id": model,
            "stake_nmr": 100.0,
            **dict.fromkeys(CHOSEN, np.nan),
        }
        | (chosen[0] if chosen else {})
        for number, model, *chosen in STAKES[name]
    ]
    stakes = pd.DataFrame(stakes).astype({column: "Float64" for column in CHOSEN})
    tournament.write(stakes, landing, "stakes", "all")
    models = stakes[["model_id"]].drop_duplicates().assign(account_id="ada")
    tournament.write(models, landing, "models", "all")
    scores = []
    for number, model, score, value, *rest in SCORES[name]:
        version, day = [*rest, *["v1", None][len(rest) :]]
        day = day or (60 if score in ("alpha", "mpc") else 20)
        row = {"round_number": number, "model_id": model, "score": score, "value": value}
        row |= {"score_version": version, "score_day": day}
        scores.append(row | {"known_at": openings[number] + 2 * day * tournament.DAY})
    tournament.write(pd.DataFrame(scores), landing, "scores", "all")


LOOKED_AT = (
    *("fct_payouts", "fct_round_payouts", "fct_scores", "leaderboard_models"),
    *("fct_misplaced_stakes", "fct_contribution_indicators"),
)


def built(folder, name, **outcome):
    warehouse = Warehouse(folder, built_marts=() if outcome else LOOKED_AT)  # refusals come last
    land(warehouse.landing, name)
    return warehouse.build(is_tested=True, **outcome), warehouse.marts()


@pytest.fixture(scope="module")
def classic(tmp_path_factory):
    return built(tmp_path_factory.mktemp("classic"), "classic")[1]


@pytest.fixture(scope="module")
def signals(tmp_path_factory):
    return built(tmp_path_factory.mktemp("signals"), "signals", succeeds=False)


def payouts(marts):
    return marts["fct_payouts"].set_index(["round_number", "model_id"])


def test_classic_2023_pays_the_canon_corr(classic):
    """The clip of 470 was 25 %; corr20 goes on as corr20_v2 in 485, with the multipliers chosen for it."""
    found = payouts(classic)["payout_nmr"]
    expected = {(470, "plain"): 20.0, (484, "plain"): 1.0, (485, "plain"): 2.0, (485, "chose"): 2.5}
    np.testing.assert_allclose(found[list(expected)], list(expected.values()), rtol=0, atol=1e-12)


def test_nothing_waits_for_a_term_whose_multiplier_is_0(classic):
    """No TC is known of round 484: it pends for the model that chose it, and for no other."""
    found = payouts(classic)
    assert found.loc[(484, "plain"), "is_settled"]
    assert not found.loc[(484, "chose"), "is_settled"]
    idle = found.loc[(485, "idle")]
    assert idle["is_settled"]
    assert idle["payout_nmr"] == 0
    assert idle["unpaid_reason"] == "every multiplier of the model is 0"
    totals = classic["fct_round_payouts"].set_index("round_number")
    assert totals["is_settled"].to_dict() == {470: True, 484: False, 485: True}
    assert totals.loc[484, "paid_nmr"] == 1


def test_classic_has_a_series_of_tc(classic):
    """With standings, misplaced stakes and indicators of its own."""
    scores = classic["fct_scores"].query("metric == 'tc'")
    assert set(scores["model_id"]) == {"chose", "idle"}
    ranked = classic["leaderboard_models"].query("score == 'tc'")
    assert ranked.set_index("model_id")["rank"].to_dict() == {"idle": 1, "chose": 2}
    (misplaced,) = classic["fct_misplaced_stakes"].itertuples()
    assert (misplaced.model_id, misplaced.better_model_id) == ("chose", "idle")
    np.testing.assert_allclose(misplaced.shortfall, 100 * 0.005, rtol=1e-12)
    (indicator,) = classic["fct_contribution_indicators"].itertuples()
    assert (indicator.round_number, indicator.metric, indicator.model_count) == (485, "corr", 2)
    np.testing.assert_allclose(indicator.spearman, 1, rtol=1e-12)


def test_signals_2023_pays_tc_by_choice(signals):
    found = payouts(signals[1])["payout_nmr"]
    expected = {(490, "plain"): 1.0, (490, "chose"): 3.5}
    expected |= {(500, "chose"): 3.0, (500, "anew"): 2.0}
    np.testing.assert_allclose(found[list(expected)], list(expected.values()), rtol=0, atol=1e-12)


def test_a_multiplier_that_nobody_could_choose_refuses_its_round(signals):
    output, marts = signals
    refusal = (
        "round 501 is refused: stakes/ stakes: multipliers of TC at most 3: largest_tc_multiplier"
    )
    assert refusal in output
    assert output.count("is refused") == 1
    assert 501 not in set(marts["fct_payouts"]["round_number"])


def test_a_round_without_a_payout_rule_is_listed_and_says_so(signals):
    _, marts = signals
    reason = "no payout rule of signals applies to the round"
    totals = marts["fct_round_payouts"].set_index("round_number")
    assert totals["unpaid_reason"].notna().to_dict() == dict.fromkeys(totals.index, False) | {
        n: True for n in (400, *MPC_ROUNDS)
    }
    assert totals.loc[400, "unpaid_reason"] == reason
    assert (totals.loc[list(MPC_ROUNDS), "unpaid_reason"] == "no stake is at risk").all()
    unpaid = payouts(marts).loc[(400, "plain")]
    assert unpaid["unpaid_reason"] == reason
    assert not unpaid["is_settled"]
    assert pd.isna([unpaid["payout_nmr"], unpaid["pending_nmr"], unpaid["payout_factor"]]).all()


def test_the_official_mpc_of_signals_follows_the_opening_day(signals):
    """It is what pays, what the leaderboards count, and what keeps the days before its last one."""
    _, marts = signals
    used = payouts(marts)["score_used"]
    mpc = marts["fct_scores"].query("score == 'mpc'")
    for number, version in MPC_ROUNDS.items():
        expected = 0.3 * 0.001 + 0.8 * MPC[version]
        np.testing.assert_allclose(used[number, "plain"], expected, rtol=0, atol=1e-12)
        of_round = mpc[mpc["round_number"] == number]
        assert set(of_round.loc[of_round["is_canon"], "score_version"]) == {version}
        days = of_round.groupby("score_version")["score_day"].agg(set)
        assert days.to_dict() == {key: {60} for key in MPC} | {version: {59, 60}}
