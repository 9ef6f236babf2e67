"""The fund, signal types and marts on contribution, recomputed from published tables and landed files."""

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tournament
from conftest import ROUNDS
from harness import Warehouse
from numerai_tools import scoring
from scipy.stats import norm, rankdata, spearmanr

from kardashev.cli import main
from kardashev.inspection.contribution import checked_contribution

COST = 0.0010
RETURN = "return_20"
DAY = tournament.DAY
HELD_ROUND = 5


def final_returns(marts):
    performance = marts["fct_fund_performance"]
    return performance[performance["is_final"]].set_index("round_number")


def weights_of(marts, number):
    held = marts["fct_portfolios"].query("round_number == @number")
    return held.set_index("stock_id")["weight"]


@pytest.fixture(scope="module")
def daily(tmp_path_factory):
    """Seven rounds, the last one running, with a revision of round 2; built at once."""
    warehouse = Warehouse(tmp_path_factory.mktemp("daily"))
    tournament.land_all(warehouse.landing, ROUNDS)
    tournament.land_round(warehouse.landing, 7)
    for day in (3, 4):
        tournament.land_targets(warehouse.landing, 7, 20, day=day)
    tournament.land_targets(warehouse.landing, 2, 20, revision=60)
    warehouse.build(is_tested=True)
    return warehouse


def test_returns_turnovers_and_costs_come_from_weights_and_landed_returns(daily):
    marts = daily.marts()
    performance = marts["fct_fund_performance"]
    assert performance[["round_number", "score_day"]].to_numpy().tolist() == [
        *([number, 20] for number in (2, 3, 5, 6)),  # nothing is at risk in the first and fourth
        *([7, 3], [7, 4]),
    ]
    held = {}
    for number, rows in performance.groupby("round_number"):
        weights = weights_of(marts, number)
        changes = weights
        for former in [n for n in held if tournament.era(number) >= tournament.era(n) + 28 * DAY]:
            changes = changes.sub(held.pop(former), fill_value=0)  # its twenty weekdays have run
        held[number] = weights
        turnover = changes.abs().sum() / 2
        for row in rows.itertuples():
            revision = 60 if number == 2 else 0
            landed = tournament.target_values(number, RETURN, row.score_day, revision)
            found = landed.reindex(weights.index)
            expected = (weights * found.fillna(0)).sum()
            assert row.stocks_without_return == found.isna().sum()
            np.testing.assert_allclose(row.portfolio_return, expected, rtol=0, atol=1e-12)
            np.testing.assert_allclose(row.turnover, turnover, rtol=0, atol=1e-12)
            np.testing.assert_allclose(row.net_return, expected - COST * turnover, atol=1e-12)
    assert performance["stocks_without_return"].max() > 0
    assert list(held) == [5, 6, 7]  # 6 was bought for 2, and 7 for 3


@pytest.mark.parametrize("net", ["", "net_"])
def test_wealth_drawdown_and_sharpe_are_those_of_the_final_returns(daily, net):
    marts = daily.marts()
    final = final_returns(marts)
    returns = final["net_return" if net else "portfolio_return"]
    wealth = (1 + returns / 4).cumprod()  # four weekly rounds of 20 weekdays are open at one time
    np.testing.assert_allclose(final[f"{net}cumulative_return"], wealth - 1, rtol=0, atol=1e-12)
    fall = 1 - wealth / wealth.cummax().clip(lower=1)
    np.testing.assert_allclose(final[f"{net}drawdown"], fall, rtol=0, atol=1e-12)
    sharpe = returns.expanding().mean() / returns.expanding().std() * np.sqrt(261 / 20)
    np.testing.assert_allclose(final[f"{net}sharpe_one_year"], sharpe, rtol=1e-9)
    running = marts["fct_fund_performance"].query("not is_final")
    assert len(running) == 2
    assert running[[f"{net}cumulative_return", f"{net}sharpe_one_year"]].isna().all(axis=None)


def test_the_meta_model_is_scored_as_the_organiser_scores_a_signal(daily):
    marts = daily.marts()
    stakes = marts["fct_stakes"]
    for number, row in final_returns(marts).iterrows():
        meta_model = marts["fct_meta_models"].query(
            "round_number == @number and meta_model == 'SWMM'"
        )
        meta_model = meta_model.set_index("stock_id")[["value"]].sort_index()
        revision = 60 if number == 2 else 0
        for column, target in (
            ("swmm_corr_v4", "factor_feat_neutral_20"),
            ("swmm_ic_v2", "raw_return_20"),
        ):
            landed = tournament.target_values(number, target, 20, revision).sort_index()
            expected = scoring.numerai_corr(meta_model, landed).iloc[0]
            np.testing.assert_allclose(row[column], expected, rtol=0, atol=1e-9)
        at_risk = stakes.query("round_number == @number")["at_risk_nmr"]
        assert row["staked_models"] == (at_risk > 0).sum()
        np.testing.assert_allclose(row["at_risk_nmr"], at_risk.sum(), rtol=0, atol=1e-12)


def neutral_return(number, model, revision):
    """Return of a model's neutral weights, by plain arithmetic from its file."""
    ids, signal = tournament.submission(number, model, int(number == 2 and model == "model_g"))
    filled = pd.Series(signal, index=ids).reindex(tournament.stock_ids(number))
    ranks = ((filled.rank() - 0.5) / filled.count()).fillna(0.5)
    gaussian = norm.ppf((rankdata(ranks) - 0.5) / len(ranks))
    powered = np.sign(gaussian) * np.abs(gaussian) ** 1.5
    basis, v = tournament.neutralizers(number), tournament.sample_weights(number)
    weights = (powered - basis @ (basis.T @ (v * powered))) * v
    weights -= weights.mean()
    weights /= np.abs(weights).sum()
    landed = tournament.target_values(number, RETURN, 20, revision)
    return weights @ landed.reindex(filled.index).fillna(0)


def test_evidence_of_type_one_is_the_return_of_a_models_own_neutral_weights(daily):
    found = daily.query(
        "select round_number, model_id, known_at, neutral_return from int_model_returns"
    )
    frame = pd.DataFrame(found, columns=["round_number", "model_id", "known_at", "value"])
    assert len(frame[frame["round_number"] == 2]["known_at"].unique()) == 2
    newest = frame.sort_values("known_at").groupby(["round_number", "model_id"])["value"].last()
    accepted = daily.marts()["fct_submissions"].query("status == 'accepted' and round_number < 7")
    assert set(newest.index) == set(
        accepted[["round_number", "model_id"]].itertuples(index=False, name=None)
    )
    for (number, model), value in newest.items():
        if number != 2 or model in ("model_a", "model_c"):
            expected = neutral_return(number, model, 60 if number == 2 else 0)
            np.testing.assert_allclose(value, expected, rtol=0, atol=1e-9)


def test_t_statistics_of_each_day_equal_statsmodels_on_what_was_known(daily):
    marts = daily.marts()
    types = marts["fct_signal_types"]
    history = marts["fct_score_revisions"].query("is_final and metric == 'tc'")
    checked = 0
    for day in (types["as_of_date"].min(), types["as_of_date"].max()):
        known = history[history["known_at"].dt.date <= pd.Timestamp(day).date()]
        newest = known.sort_values("known_at").groupby(["model_id", "round_number"]).tail(1)
        newest = newest.set_index(["model_id", "round_number"])["value"].dropna()
        rounds = sorted(newest.index.unique("round_number"))
        of_day = types[types["as_of_date"] == day].set_index("model_id")
        for model, series in newest.groupby("model_id"):
            series = series.droplevel("model_id").reindex(rounds)
            row = of_day.loc[model]
            assert row["tc_rounds"] == series.count()
            np.testing.assert_allclose(row["mean_tc"], series.mean(), rtol=0, atol=1e-10)
            if series.isna().any() or len(series) < 2:
                continue
            lag = int(row["tc_overlap"])
            fit = sm.OLS(series.to_numpy(), np.ones(len(series))).fit(
                cov_type="HAC", cov_kwds={"maxlags": min(lag, len(series) - 1)}, use_t=True
            )
            if lag < len(series):
                np.testing.assert_allclose(row["tc_t"], fit.tvalues[0], rtol=1e-9)
                checked += 1
    assert checked > 0
    assert types["kardashev_type"].isna().all()  # nobody has twenty rounds
    assert types["is_meta_model_type_four"].isna().all()


def test_a_revision_leaves_the_types_of_the_days_before_it(daily, clean):
    now, before = (w.marts()["fct_signal_types"] for w in (daily, clean))
    revised = final_returns(daily.marts()).loc[2, "known_at"].date()
    key = ["model_id", "as_of_date"]
    is_past = before["as_of_date"].map(lambda day: pd.Timestamp(day).date() < revised)
    assert is_past.any()
    past = before[is_past].set_index(key)
    pd.testing.assert_frame_equal(now.set_index(key).loc[past.index], past, rtol=0, atol=1e-12)


def test_indicators_are_rank_correlations_with_tc(daily):
    marts = daily.marts()
    final = marts["fct_scores"].query("is_final and is_canon")
    values = final.pivot_table(index=["round_number", "model_id"], columns="metric", values="value")
    checked = 0
    for row in marts["fct_contribution_indicators"].itertuples():
        both = values.loc[row.round_number, ["tc", row.metric]].dropna().round(12)
        assert row.model_count == len(both)
        if len(both) > 2:
            expected = spearmanr(both["tc"], both[row.metric]).statistic
            np.testing.assert_allclose(row.spearman, expected, rtol=0, atol=1e-12)
            checked += 1
    assert checked > 20


@pytest.mark.parametrize(
    ("number", "model"),
    [(5, "model_c"), (5, "model_a"), (5, tournament.FICKLE), (6, tournament.RESTLESS)],
    ids=["staked", "a clone", "zeroed", "zeroed or unstaked"],
)
def test_undropped_tc_is_what_a_small_move_of_the_stake_does(daily, number, model):
    with duckdb.connect(str(daily.database), read_only=True) as connection:
        check = checked_contribution(connection, daily.landing, model, number)
    published = final_returns(daily.marts()).loc[number, "portfolio_return"]
    np.testing.assert_allclose(check.base, published, rtol=0, atol=1e-9)
    slope = check.scale * check.changes[0] / check.amounts[0]
    np.testing.assert_allclose(slope, check.contributions["undropped"], rtol=1e-4)
    assert check.amounts[-1] == -check.stake


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody", "--round", "5"], "no model nobody is in the warehouse"),
        (["model_c", "--round", "50"], "round 50 is not in the warehouse"),
        (["model_c", "--round", "4"], "model_c has no TC in round 4: the round has no portfolio"),
        (["model_e", "--round", "2"], "model_e has no TC in round 2: no return is known yet"),
    ],
    ids=["model", "round", "no portfolio", "not accepted"],
)
def test_what_cannot_be_checked_is_one_line_that_says_why(daily, capsys, arguments, message):
    places = ["--database", str(daily.database), "--landing", str(daily.landing)]
    assert main(["contribution", *arguments, *places]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert message in printed.err


def test_the_check_prints_tc_beside_the_moves(daily, capsys):
    places = ["--database", str(daily.database), "--landing", str(daily.landing)]
    assert main(["contribution", "model_c", "--round", str(HELD_ROUND), *places]) == 0
    printed = capsys.readouterr().out
    assert "TC, undropped" in printed
    assert len(printed.strip().splitlines()) == 11


def test_a_round_whose_signals_are_dropped_says_which_are_held(daily, tmp_path, capsys):
    warehouse = Warehouse(tmp_path)
    shutil.copytree(daily.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.build()
    places = ["--database", str(warehouse.database), "--landing", str(warehouse.landing)]
    assert main(["contribution", "model_c", "--round", "3", *places]) == 2
    assert "no TC in round 3" in capsys.readouterr().err  # only model_a took part
    assert main(["contribution", "model_a", "--round", "3", *places]) == 2
    assert "are no longer held" in capsys.readouterr().err


def test_without_a_warehouse_the_check_says_so(tmp_path, capsys):
    missing = tmp_path / "none.duckdb"
    assert main(["contribution", "a", "--round", "1", "--database", str(missing)]) == 2
    assert "run `dbt build` first" in capsys.readouterr().err
