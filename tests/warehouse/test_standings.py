"""Standings of a day are made from what was known on it, whatever comes later."""

import datetime as dt
import shutil

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import Warehouse, assert_same_marts

SCORE = "ric"
BETWEEN = dt.date(2026, 3, 4)  # a day on which nothing became known


@pytest.fixture(scope="module")
def boards(tmp_path_factory):
    """Leaderboards before and after 60-day targets came, and revisions: of values, to null, of one model."""
    warehouse = Warehouse(tmp_path_factory.mktemp("standings"))
    tournament.land_models(warehouse.landing)
    for number in tournament.ROUNDS:
        tournament.land_round(warehouse.landing, number)
        tournament.land_targets(warehouse.landing, number, 20)
    warehouse.build()
    before = warehouse.marts()
    for number in tournament.ROUNDS:
        tournament.land_targets(warehouse.landing, number, 60)
    tournament.land_targets(warehouse.landing, 2, 20, revision=60)
    land_scores(warehouse.landing, 5, dict.fromkeys(tournament.MODELS))
    land_scores(warehouse.landing, 6, {"model_c": 0.25})
    asked = f"as_of_dates: [{BETWEEN}]"
    warehouse.build("--vars", asked)
    return before, warehouse.marts()


def land_scores(landing, number, values):
    """Final scores taken elsewhere, later than those of all others."""
    rows = {
        "round_number": number,
        "model_id": list(values),
        "score": SCORE,
        "score_version": "v1",
        "score_day": 20,
        "value": pd.Series(list(values.values()), dtype=float),
        "known_at": tournament.open_at(number) + 100 * tournament.DAY,
    }
    tournament.write(pd.DataFrame(rows), landing, "scores", number)


@pytest.mark.parametrize("name", ["leaderboard_models", "leaderboard_accounts"])
def test_the_same_day_comes_out_before_and_after_later_data(boards, name):
    before, after = (marts[name] for marts in boards)
    last_day = before["as_of_date"].max()
    then = after[(after["as_of_date"] <= last_day) & (after["as_of_date"] != BETWEEN)]
    then = then.reset_index(drop=True)
    pd.testing.assert_frame_equal(before, then, check_exact=True)
    assert (after["as_of_date"] > last_day).any()


def known_scores(marts, day):
    """Final scores as known on a day, by round and model: a slow plain reference."""
    rows = marts["fct_score_revisions"]
    rows = rows[(rows["score"] == SCORE) & (rows["score_version"] == "v1") & rows["is_final"]]
    rows = rows[rows["known_at"].dt.date <= day].sort_values("known_at")
    rows = rows.groupby(["round_number", "model_id"]).tail(1)
    rows = rows[rows["value"].notna()]
    rounds = marts["dim_rounds"].set_index("round_number")["close_at"]
    return rows.assign(close_at=rows["round_number"].map(rounds))


def test_reputations_are_means_of_what_was_known_in_the_window(boards):
    _, marts = boards
    board = marts["leaderboard_models"].query(f"score == '{SCORE}'")
    for day, rows in board.groupby("as_of_date"):
        known = known_scores(marts, day)
        closes = known["close_at"].dt.date
        for column, months in (
            ("reputation", 12),
            ("reputation_three_months", 3),
            ("reputation_all_time", None),
        ):
            first = (pd.Timestamp(day) - pd.DateOffset(months=months or 1200)).date()
            expected = known[(closes > first) & (closes <= day)].groupby("model_id")["value"].mean()
            found = rows.set_index("model_id")[column].dropna()
            assert set(found.index) == set(expected.index)
            np.testing.assert_allclose(found, expected.reindex(found.index), rtol=0, atol=1e-12)


def test_an_accounts_score_is_weighted_by_stake_and_leaves_benchmarks_out(boards):
    _, marts = boards
    board = marts["leaderboard_accounts"].query(f"score == '{SCORE}'")
    day = board["as_of_date"].max()
    known = known_scores(marts, day).merge(marts["fct_stakes"], on=["round_number", "model_id"])
    known = known.merge(marts["dim_models"].query("is_ranked"), on="model_id")
    by_round = {}
    for (number, account), rows in known.groupby(["round_number", "account_id"]):
        staked = rows["at_risk_nmr"].sum()
        if staked > 0:
            by_round[number, account] = (rows["value"] * rows["at_risk_nmr"]).sum() / staked
        elif account == "account_2":  # its other model is a benchmark: it has one
            by_round[number, account] = rows["value"].item()
    expected = pd.Series(by_round).groupby(level=1).mean()
    found = board[board["as_of_date"] == day].set_index("account_id")["reputation"]
    np.testing.assert_allclose(found, expected.reindex(found.index), rtol=0, atol=1e-12)
    assert len(found) == len(expected)


def test_a_revision_to_null_takes_the_round_out_of_every_mean(boards):
    before, after = (known_scores(marts, dt.date(2027, 1, 1)) for marts in boards)
    assert 5 in set(before["round_number"])
    assert 5 not in set(after["round_number"])
    board = boards[1]["leaderboard_models"].query(f"score == '{SCORE}'")
    newest = board[board["as_of_date"] == board["as_of_date"].max()].set_index("model_id")
    counts = after.groupby("model_id")["round_number"].count()
    assert newest["round_count"].to_dict() == counts.to_dict()


def test_stakes_are_those_of_the_newest_round_whether_at_risk_or_not(boards):
    marts = boards[1]
    board = marts["leaderboard_models"]
    closes = marts["dim_rounds"].set_index("round_number")["close_at"].dt.date
    at_risk = marts["fct_stakes"].set_index(["round_number", "model_id"])["at_risk_nmr"]
    zeroed = 0
    for row in board.itertuples():
        newest = closes[closes <= row.as_of_date].index.max()
        landed = dict(zip(tournament.MODELS, tournament.stakes(newest), strict=True))
        assert row.stake_nmr == landed[row.model_id]
        assert row.at_risk_nmr == at_risk[newest, row.model_id]
        zeroed += row.stake_nmr > row.at_risk_nmr
    assert zeroed > 0


def test_ranks_follow_reputation_name_the_former_place_and_leave_benchmarks_out(boards):
    _, marts = boards
    board = marts["leaderboard_models"].query(f"score == '{SCORE}'")
    former = {}
    for _, rows in board.groupby("as_of_date"):
        is_ours = rows["model_id"].isin(tournament.BENCHMARKS)
        assert (rows["rank"].isna() == is_ours).all()
        rows = rows[~is_ours].sort_values("rank").set_index("model_id")
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert rows["reputation"].round(12).is_monotonic_decreasing
        for model, place in rows["previous_rank"].items():
            assert place == former.get(model) or (pd.isna(place) and model not in former)
        former = rows["rank"].to_dict()


def test_names_accounts_and_asked_days_come_and_go_as_in_a_clean_build(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    models = pd.read_parquet(warehouse.landing / "models" / "models.parquet")
    models.loc[models["model_id"] == "model_a", ["display_name", "account_id"]] = "Anew", "newcomer"
    models.loc[models["model_id"] == "model_b", "created_at"] -= tournament.DAY
    late = models.tail(1).assign(model_id="model_z", created_at=tournament.open_at(4))
    tournament.write(pd.concat([models, late]), warehouse.landing, "models", "models")
    asked = f"as_of_dates: [{BETWEEN}]"
    warehouse.build("--vars", asked)
    assert BETWEEN in set(warehouse.marts()["leaderboard_models"]["as_of_date"])
    warehouse.build()
    incremental = warehouse.marts()
    warehouse.build("--full-refresh")
    assert_same_marts(incremental, warehouse.marts())
    board = incremental["leaderboard_models"].set_index("model_id")
    assert set(board.loc["model_a", "display_name"]) == {"Anew"}


def test_a_score_that_comes_late_makes_days_due_from_its_known_at_on(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    tournament.land_targets(warehouse.landing, 2, 20, revision=1)
    warehouse.build()
    known = warehouse.query(
        "select max(known_at::date) from fct_score_revisions where round_number = 2 and score = 'ric'"
    )
    days = warehouse.query("select as_of_date from leaderboard_models group by all order by all")
    due = warehouse.query("select as_of_date from int_as_of_dates_due where is_due order by all")
    assert due == [day for day in days if day >= known[0]]
    assert 0 < len(due) < len(days)
