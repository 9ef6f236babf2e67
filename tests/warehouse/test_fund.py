"""The fund, signal types and indicators, recomputed from published tables and landed files."""

import json
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tournament
from harness import Warehouse
from numerai_tools import scoring
from portfolio_oracle import clarabels
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


def land_ages(landing):
    """Models are created seven weeks apart; the last one on no known day."""
    (path,) = (landing / "models").iterdir()
    frame = pd.read_parquet(path)
    first = pd.Timestamp("2025-01-20 12:00", tz="UTC")
    frame["created_at"] = [first + 49 * DAY * place for place in range(len(frame))]
    frame.loc[len(frame) - 1, "created_at"] = pd.NaT
    frame.to_parquet(path, index=False)


def sold_weights(marts):
    """Weights that each round's portfolio replaces, by number."""
    held, sold = {}, {}
    for number in sorted(marts["fct_portfolios"]["round_number"].unique()):
        sold[number] = pd.Series(dtype=float)
        for former in [n for n in held if tournament.era(number) >= tournament.era(n) + 28 * DAY]:
            sold[number] = sold[number].add(
                held.pop(former), fill_value=0
            )  # its twenty weekdays ran
        held[number] = weights_of(marts, number)
    return sold


@pytest.fixture(scope="module")
def daily(tmp_path_factory):
    """Seven rounds, the last one running, with a revision of round 2; built at once."""
    warehouse = Warehouse(tmp_path_factory.mktemp("daily"))
    tournament.land_all(warehouse.landing, tournament.ROUNDS)
    land_ages(warehouse.landing)
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
    sold = sold_weights(marts)
    for number, rows in performance.groupby("round_number"):
        weights = weights_of(marts, number)
        turnover = weights.sub(sold[number], fill_value=0).abs().sum() / 2
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
    assert [number for number in sold if len(sold[number])] == [6, 7]  # bought for 2 and 3


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
        staked = stakes.query("round_number == @number")
        at_risk = staked["at_risk_nmr"]
        np.testing.assert_allclose(row["stake_nmr"], staked["stake_nmr"].sum(), rtol=0, atol=1e-12)
        assert row["staked_models"] == (at_risk > 0).sum()
        np.testing.assert_allclose(row["at_risk_nmr"], at_risk.sum(), rtol=0, atol=1e-12)


def prepared(number, model):
    """A model's gaussianized signal by stock, from its file."""
    ids, signal = tournament.submission(number, model, int(number == 2 and model == "model_g"))
    filled = pd.Series(signal, index=ids).reindex(tournament.stock_ids(number))
    ranks = ((filled.rank() - 0.5) / filled.count()).fillna(0.5)
    return pd.Series(norm.ppf((rankdata(ranks) - 0.5) / len(ranks)), filled.index)


def neutral_return(number, model, revision):
    """Return of a model's neutral weights, by plain arithmetic from its file."""
    gaussian = prepared(number, model)
    powered = np.sign(gaussian) * np.abs(gaussian) ** 1.5
    basis, v = tournament.neutralizers(number), tournament.sample_weights(number)
    weights = (powered - basis @ (basis.T @ (v * powered))) * v
    weights -= weights.mean()
    weights /= np.abs(weights).sum()
    landed = tournament.target_values(number, RETURN, 20, revision)
    return weights @ landed.reindex(gaussian.index).fillna(0)


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
    pairs = marts["fct_score_correlations"].query("reputation_window == 'one_year'")
    for row in pairs.itertuples():
        both = values.loc[row.round_number, [row.metric, row.other_metric]].dropna().round(12)
        assert row.model_count == len(both)
        if len(both) > 2:
            expected = spearmanr(both[row.metric], both[row.other_metric]).statistic
            np.testing.assert_allclose(row.spearman, expected, rtol=0, atol=1e-12)
    assert len(pairs) > 200
    for _, rows in pairs.groupby(["metric", "other_metric"]):  # all rounds are of one year
        running = rows["spearman"].expanding()
        np.testing.assert_allclose(rows["mean_spearman"], running.mean(), rtol=0, atol=1e-12)
        deviation = running.std().where(rows["round_count"] > 1)
        np.testing.assert_allclose(rows["spearman_deviation"], deviation, rtol=0, atol=1e-7)
    with_tc = pairs[(pairs["metric"] == "tc") | (pairs["other_metric"] == "tc")]
    with_tc = with_tc.assign(
        metric=with_tc["metric"].where(with_tc["other_metric"] == "tc", with_tc["other_metric"])
    )
    indicators = marts["fct_contribution_indicators"].set_index(["round_number", "metric"])
    assert len(indicators) == len(with_tc) > 20
    found = indicators.loc[with_tc[["round_number", "metric"]].itertuples(index=False, name=None)]
    for column, other in (("spearman",) * 2, ("mean_spearman_one_year", "mean_spearman")):
        np.testing.assert_array_equal(found[column], with_tc[other])


@pytest.mark.parametrize("number", [5, 7])
def test_altered_trades_are_those_of_the_portfolio_that_clarabel_finds_without_the_model(
    daily, number
):
    marts = daily.marts()
    stakes = marts["fct_stakes"].query("round_number == @number").set_index("model_id")
    stakes = stakes["at_risk_nmr"][stakes["at_risk_nmr"] > 0]
    found = marts["fct_altered_trades"].query("round_number == @number").set_index("model_id")
    assert set(found.index) == set(stakes.index) and len(found) > 3
    sold = sold_weights(marts)[number]
    stocks = sold.index.union(tournament.stock_ids(number))
    sold = sold.reindex(stocks).fillna(0)
    trades = weights_of(marts, number).reindex(stocks).fillna(0) - sold
    signals = pd.DataFrame({model: prepared(number, model) for model in stakes.index})
    for model, row in found.iterrows():
        others = stakes.drop(model)
        expected, *_ = clarabels(number, signals[others.index] @ others / others.sum())
        without = expected.reindex(stocks).fillna(0) - sold
        here, there = trades.abs() >= 1e-6, without.abs() >= 1e-6
        larger = np.maximum(trades.abs(), without.abs())
        is_same = (trades - without).abs() <= 0.01 * larger
        assert row["trades_kept"] == (here & there & is_same).sum()
        assert row["trades_altered"] == (here & there & ~is_same).sum()
        assert row["trades_added"] == (here & ~there).sum()
        assert row["trades_removed"] == (there & ~here).sum()
        changed = (trades - without).abs().sum()
        np.testing.assert_allclose(row["changed_turnover"], changed / 2, rtol=0, atol=1e-6)
        unchanged = 1 - changed / (trades.abs().sum() + without.abs().sum())
        np.testing.assert_allclose(row["unchanged_amount_share"], unchanged, rtol=0, atol=1e-6)
    assert found["altered_share"].between(0, 1).all()


def test_impact_is_the_square_root_law_and_nothing_is_left_at_capacity(daily):
    marts = daily.marts()
    sold, costs = sold_weights(marts), marts["fct_fund_costs"]
    final = final_returns(marts)
    impacts = {}
    for number in final.index:
        v = {}
        for holding in (number - 4, number):  # what is sold was held four rounds before
            weights = tournament.sample_weights(holding)
            by_id = pd.Series(weights / weights.mean(), tournament.stock_ids(holding))
            v |= by_id.reindex(weights_of(marts, holding).index).to_dict()
        trades = weights_of(marts, number).sub(sold[number], fill_value=0).abs()
        volumes = 20e6 * pd.Series(v).reindex(trades.index) ** 2
        impacts[number] = (trades * 0.02 * np.sqrt(trades / 4 / volumes)).sum()
        rows = costs.query("round_number == @number")
        expected = impacts[number] * np.sqrt(rows["fund_size_usd"])
        np.testing.assert_allclose(rows["impact_cost"], expected, rtol=1e-10)
        left = final.loc[number, "net_return"] - expected
        np.testing.assert_allclose(rows["net_return"], left, rtol=0, atol=1e-12)
    impacts = pd.Series(impacts)
    capacities = marts["fct_fund_capacity"].query("reputation_window == 'all_time'")
    assert len(capacities) == len(final)
    for row in capacities.itertuples():
        until = final.index <= row.round_number
        returns, moved = final["net_return"][until], impacts[until]
        if returns.mean() <= 0:
            assert row.capacity_usd == 0
        else:
            left = (returns - moved * np.sqrt(row.capacity_usd)).mean()
            np.testing.assert_allclose(left, 0, atol=1e-12)
    assert (capacities["capacity_usd"] > 0).any() and (capacities["capacity_usd"] == 0).any()


def test_decay_and_youth_are_by_months_from_creation_to_close(daily):
    marts = daily.marts()
    created = marts["dim_models"].set_index("model_id")["created_at"].dropna()
    closes = marts["dim_rounds"].set_index("round_number")["close_at"]

    def months(number, model):
        age, close = 0, closes[number]
        while created[model] + pd.DateOffset(months=age + 1) <= close:
            age += 1
        return age

    bands = [0, 3, 6, 12, 24]
    scores = marts["fct_scores"].dropna(subset=["metric", "value"])
    scores = scores[scores["model_id"].isin(created.index)].copy()
    keys = scores[["round_number", "model_id"]].itertuples(index=False, name=None)
    scores["from_months"] = [max(b for b in bands if b <= months(*key)) for key in keys]
    expected = scores.groupby(["round_number", "metric", "score_day", "from_months"])["value"]
    found = marts["fct_signal_decay"].set_index(expected.mean().index.names)
    assert found.index.sort_values().equals(expected.mean().index)
    assert set(scores["from_months"]) == {0, 3, 6, 12}
    found = found.sort_index()
    np.testing.assert_allclose(found["mean_value"], expected.mean(), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found["model_count"], expected.size())
    shares = marts["fct_meta_model_ages"].set_index("round_number")["young_stake_share"]
    for number, rows in marts["fct_stakes"].query("at_risk_nmr > 0").groupby("round_number"):
        rows = rows[rows["model_id"].isin(created.index)]
        is_young = np.array([months(number, model) < 12 for model in rows["model_id"]])
        expected = rows["at_risk_nmr"][is_young].sum() / rows["at_risk_nmr"].sum()
        np.testing.assert_allclose(shares[number], expected, rtol=0, atol=1e-12)
    assert shares.between(0.01, 0.99).any()


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
    asked = ["contribution", "model_c", "--round", str(HELD_ROUND), "--json"]
    assert main([*asked, *places]) == 0
    check = json.loads(capsys.readouterr().out)
    assert set(check["contributions"]) == {"v1", "undropped"}
    assert check["amounts"][-1] == -check["stake"]
    assert f"{check['base']:.6f}" in printed


def test_a_round_whose_signals_are_dropped_says_which_are_held(daily, tmp_path, capsys):
    warehouse = Warehouse(tmp_path)
    shutil.copytree(daily.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.built_marts = ("fct_scores",)
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
