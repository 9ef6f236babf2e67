"""Figures on the pages against pandas, from the published tables."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from kardashev.dashboard.published import Published
from kardashev.dashboard.views import diagnostics, leaderboard, model, replay, rounds

SERIES = {"score": "mmc", "score_version": "v1", "target": "factor_neutral_20"}


@pytest.fixture(scope="module")
def published(played):
    return Published(played)


@pytest.fixture(scope="module")
def tables(played):
    """Reads a whole table."""

    def read(name):
        with duckdb.connect(str(played), read_only=True) as connection:
            return connection.table(name).df()

    return read


@pytest.fixture(scope="module")
def newest(tables):
    """The newest score of each round and model, of one series."""
    scores = tables("fct_scores")
    chosen = scores[(scores["score"] == "mmc") & (scores["target"] == "factor_neutral_20")]
    return chosen.sort_values("score_day").groupby(["round_number", "model_id"]).tail(1)


def of(newest, model_id, is_live):
    rows = newest[newest["model_id"] == model_id].sort_values("round_number")
    return rows[(rows["round_number"] >= 100) == is_live]


def test_cumulative_scores_are_running_sums_of_the_newest(published, newest):
    shown = model.cumulative_scores(published, "model_3", SERIES).frame
    wanted = of(newest, "model_3", is_live=True)
    np.testing.assert_allclose(shown["cumulative"], wanted["value"].cumsum(), rtol=1e-12)
    assert list(shown["state"] == "final") == list(wanted["is_final"])


def test_the_band_holds_the_middle_eighty_per_cent(published, newest):
    shown = model.scores_in_field(published, "model_3", SERIES).frame.set_index("round_number")
    values = newest[newest["round_number"] >= 100].groupby("round_number")["value"]
    for column, share in (("lowest_tenth", 0.1), ("middle", 0.5), ("highest_tenth", 0.9)):
        np.testing.assert_allclose(shown[column], values.quantile(share), rtol=1e-12)


def test_ages_count_the_models_own_final_rounds(published, newest):
    shown = model.scores_by_age(published, "model_3", SERIES).frame
    rows = of(newest, "model_3", is_live=True)
    values = rows[rows["is_final"]]["value"].to_numpy()
    wanted = [values[start : start + 10].mean() for start in range(0, len(values), 10)]
    np.testing.assert_allclose(shown["mean_score"], wanted, rtol=1e-12)
    assert list(shown["rounds"]) == [10, 10, 6]


def test_a_histogram_counts_every_model_once(published, newest, tables):
    shown = rounds.histogram(published, 128, SERIES).frame
    stakes = tables("fct_stakes").query("round_number == 128")
    counts = shown.groupby("part")["models"].sum()
    assert counts["all"] == newest.query("round_number == 128")["value"].count()
    assert counts["at risk"] == (stakes["at_risk_nmr"] > 0).sum()


def test_largest_stakes_are_correlated_as_pandas_does(published, newest):
    shown = rounds.correlations(published, 120, SERIES).frame
    wide = newest[newest["round_number"].between(100, 120)].pivot(
        index="round_number", columns="model_id", values="value"
    )
    largest = [f"model_{place}" for place in range(2, 12)]
    wanted = wide[largest].corr()
    found = shown.pivot(index="model", columns="other_model", values="correlation")
    np.testing.assert_allclose(
        np.sort(found.to_numpy().ravel()), np.sort(wanted.to_numpy().ravel()), rtol=1e-9
    )


def test_a_window_ranks_by_its_own_reputation_whatever_is_searched(published, tables):
    board = tables("leaderboard_models").query("score == 'mmc'")
    day = board["as_of_date"].max()
    board = board[board["as_of_date"] == day].set_index("model_id")
    wanted = board["reputation_three_months"].rank(ascending=False)
    asked = (published, "mmc", f"{day:%Y-%m-%d}", "three_months")
    every = leaderboard.models(*asked).frame.set_index("model_id")["rank"]
    assert (every == wanted[every.index]).all()
    one = leaderboard.models(*asked, "model_7").frame.set_index("model_id")["rank"]
    assert one.to_dict() == {"model_7": wanted["model_7"]}


def test_drawdown_and_autocorrelation_of_an_upload(published, newest):
    values = of(newest, "model_5", is_live=False)["value"].reset_index(drop=True)
    wealth = (1 + values).cumprod()
    wanted = wealth / np.maximum(wealth.cummax(), 1) - 1
    shown = diagnostics.drawdown(published, "model_5", SERIES).frame
    np.testing.assert_allclose(shown["drawdown"], wanted, atol=1e-12)
    lags = diagnostics.autocorrelation(published, "model_5", SERIES).frame
    for lag, found in zip(lags["lag_eras"], lags["autocorrelation"], strict=True):
        assert found == pytest.approx(values.autocorr(lag), rel=1e-9)


def test_a_replay_stands_beside_frozen_stakes(published, tables):
    shown = replay.stakes(published, 100, 119).frame
    stakes = tables("fct_replayed_stakes")
    wanted = stakes.groupby(["payout_rule", "round_number"])["stake_nmr"].sum()
    np.testing.assert_allclose(shown["stake_nmr"], wanted)
    assert set(shown["payout_rule"]) == {"frozen", "house"}
    assert not pd.isna(shown["effective_models"]).any()
