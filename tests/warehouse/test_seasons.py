"""Seasons and titles of a day are made from what was known on it, without benchmarks and examples."""

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import with_rules

YEARS_END = pd.Timestamp("2026-11-27")  # four rounds close in 2026, two in 2027
ROUNDS = (1, 2, 3, 4, 5, 6)
QUALIFIED_ROUNDS, MINIMUM_NMR = 1, 1
EXAMPLE = "model_e"
TITLES = (("Grandmaster", 1), ("Master", 10))
SCORES = ("corr_v4", "ric", "mmc", "bmc", "tc")


@pytest.fixture(scope="module")
def seasons(tmp_path_factory):
    """Marts when six rounds about a year's end were final, and when one of the closed year was revised."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tournament, "FIRST_ERA", YEARS_END)
        fewer = {"season_rules": lambda text: text.replace(",20,", f",{QUALIFIED_ROUNDS},")}
        warehouse = with_rules(tmp_path_factory.mktemp("seasons"), **fewer)
        tournament.land_models(warehouse.landing)
        path = warehouse.landing / "models" / "models.parquet"
        models = pd.read_parquet(path)
        models.assign(is_example=models["model_id"] == EXAMPLE).to_parquet(path, index=False)
        for number in ROUNDS:
            tournament.land_round(warehouse.landing, number)
            tournament.land_targets(warehouse.landing, number, 20)
        warehouse.build()
        before = warehouse.marts()
        tournament.land_targets(warehouse.landing, 2, 20, revision=60)
        warehouse.build()
    return before, warehouse.marts()


def known_scores(marts, score, day):
    """Newest final scores of a series by a day, of those who are ranked: a slow plain reference."""
    rows = marts["fct_score_revisions"].query("metric == @score and is_final")
    rows = rows[rows["known_at"].dt.date <= day].sort_values("known_at")
    rows = rows.groupby(["round_number", "model_id"]).tail(1).dropna(subset="value")
    rows = rows.merge(marts["dim_models"], on="model_id")
    stakes = marts["fct_stakes"][["round_number", "model_id", "at_risk_nmr"]]
    return rows.merge(stakes, on=["round_number", "model_id"])


def account_scores(rows, marts):
    """(account, round) → mean weighted by stake; that of an account's only model; nothing else."""
    owned = marts["dim_models"].query("is_ranked").groupby("account_id")["model_id"].count()
    found = {}
    for key, own in rows[rows["is_ranked"]].groupby(["account_id", "round_number"]):
        staked = own["at_risk_nmr"].sum()
        if staked > 0:
            found[key] = (own["value"] * own["at_risk_nmr"]).sum() / staked
        elif owned[key[0]] == 1:
            found[key] = own["value"].item()
    return found


def standings(marts, score, season, day):
    """account → (season score, qualified rounds) by what was known on a day, and the resolved rounds."""
    closes = marts["dim_rounds"].set_index("round_number")["close_at"]
    rows = known_scores(marts, score, day)
    rows = rows[rows["round_number"].map(closes).dt.year == season]
    resolved = set(rows["round_number"])
    scores = account_scores(rows, marts)
    stakes = marts["fct_stakes"].merge(marts["dim_models"].query("is_ranked"), on="model_id")
    at_risk = stakes.groupby(["account_id", "round_number"])["at_risk_nmr"].sum()
    found = {}
    for account in sorted(set(stakes["account_id"])):
        mine = [value for (owner, _), value in scores.items() if owner == account]
        qualified = sum(at_risk.get((account, r), 0) >= MINIMUM_NMR for r in resolved)
        if mine or qualified:
            found[account] = (sum(mine) / len(resolved), qualified)
    return found, resolved


def test_season_scores_and_titles_are_those_of_what_was_known(seasons):
    checked = set()
    for marts in seasons:
        board = marts["fct_season_standings"].query("score in @SCORES")
        for (score, season, day), rows in board.groupby(["score", "season", "as_of_date"]):
            expected, resolved = standings(marts, score, season, day)
            rows = rows.set_index("account_id")
            assert set(rows.index) == set(expected)
            assert (rows["resolved_rounds"] == len(resolved)).all()
            for account, (value, qualified) in expected.items():
                assert rows.loc[account, "qualified_rounds"] == qualified
                np.testing.assert_allclose(rows.loc[account, "season_score"], value, atol=1e-12)
            ranked = {a: v for a, (v, q) in expected.items() if q >= QUALIFIED_ROUNDS}
            order = sorted(ranked, key=ranked.get, reverse=True)
            for account, row in rows.iterrows():
                title = "Novice"
                if account in ranked:
                    place = order.index(account) + 1
                    assert row["rank"] == place
                    title = next(name for name, last_rank in TITLES if place <= last_rank)
                assert row["title"] == title
                checked.add(title)
    assert checked == {"Grandmaster", "Master", "Novice"}


def test_a_day_stands_as_it_was_and_a_later_revision_of_a_closed_season_shows(seasons):
    before, after = (marts["fct_season_standings"] for marts in seasons)
    last_day = before["as_of_date"].max()
    then = after[after["as_of_date"] <= last_day].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, then, check_exact=True)
    revised = after[after["as_of_date"] > last_day]
    assert set(revised["season"]) == {2026}
    assert revised["is_closed"].all() and revised["is_revised"].all()
    closed = before.query("season == 2026 and is_closed")
    assert not closed.empty and not closed["is_revised"].any()
    assert not before.query("season == 2027")["is_closed"].any()
    key = ["account_id", "score"]
    change = revised.set_index(key)["season_score"] - closed.set_index(key)["season_score"]
    assert (change.abs() > 1e-6).any()


def test_the_leaderboard_has_the_newest_standings_of_each_season(seasons):
    for marts in seasons:
        every_day, newest = marts["fct_season_standings"], marts["leaderboard_seasons"]
        last = every_day.groupby("season")["as_of_date"].transform("max")
        expected = every_day[every_day["as_of_date"] == last].drop(columns="score_sum")
        key = ["account_id", "season", "score"]
        expected = expected.sort_values(key, ignore_index=True)[newest.columns]
        pd.testing.assert_frame_equal(newest, expected, check_exact=True, check_dtype=False)


def test_benchmarks_and_examples_are_scored_and_neither_ranked_nor_paid(seasons):
    _, marts = seasons
    ours = [*tournament.BENCHMARKS, EXAMPLE]
    scores = marts["fct_scores"].query("model_id in @ours and value.notna()")
    assert set(scores["model_id"]) == set(ours)
    board = marts["leaderboard_models"].set_index("model_id")
    for model in ours:
        assert not board.loc[model, "is_ranked"].any()
        assert board.loc[model, ["rank", "best_rank", "return_all_time"]].isna().all(axis=None)
    others = board.drop(ours)
    assert others["is_ranked"].all() and others["rank"].notna().all()
    paid = marts["fct_payouts"].query("model_id in @ours and at_risk_nmr > 0")
    assert not paid.empty and not paid["payout_nmr"].fillna(0).any()
    assert set(paid["unpaid_reason"]) == {"benchmarks and examples are not paid"}
    nearest = marts["fct_scores"].query("score == 'mcwnm'")
    assert set(nearest["attained_by"].dropna()) == set(ours)
    members = marts["fct_scores"].query("score == 'cwbmm' and value.notna()")
    assert set(members["model_id"]) == set(tournament.MODELS)
