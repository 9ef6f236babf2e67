"""Churn, turnover and zeroed stakes of whole builds against the organiser's own code."""

import shutil
from contextlib import closing
from functools import cache

import numpy as np
import pandas as pd
import pytest
import stability_oracle
import tournament
from harness import PROJECT, Warehouse, assert_same_marts
from jinja2 import Template
from numerai_tools import scoring, signals
from test_parity import Oracle

from kardashev.landing.market.prices import load_prices, make_eras, price_dates

FINAL_DAYS = {name: horizon for horizon, names in tournament.TARGETS.items() for name in names}
DAILY = tuple(range(1, 9))  # weekdays: the window of the last one holds five
LOOKED_AT = ("fct_stability", "fct_stakes", "fct_meta_models", "fct_scores")


@cache
def oracle_of(landing, number):
    return Oracle(landing, number, FINAL_DAYS)


def of_round(marts, name, number):
    frame = marts[name]
    return frame[frame["round_number"] == number]


def assert_stability_matches(oracle, marts):
    """Every pair of a round's window; what cannot be compared is null."""
    expected = oracle.stability
    found = of_round(marts, "fct_stability", oracle.number).set_index(["model_id", "lag_round"])
    assert set(found.index) == set(expected.index)
    found = found.reindex(expected.index)
    for figure in stability_oracle.FIGURES:
        np.testing.assert_allclose(
            found[figure].astype(float),
            expected[figure].astype(float),
            rtol=0,
            atol=1e-9,
            err_msg=figure,
        )
    assert (found["is_comparable"] == expected.notna().any(axis="columns")).all()
    return expected


@pytest.mark.parametrize("number", tournament.ROUNDS)
def test_churn_and_turnover_equal_the_organisers_code(clean, number):
    assert_stability_matches(oracle_of(clean.landing, number), clean.marts())


@pytest.fixture(scope="module")
def daily(tmp_path_factory):
    """Weekday rounds whose universe drifts; in the last but one it is another, so little is shared."""
    warehouse = Warehouse(tmp_path_factory.mktemp("daily"), built_marts=LOOKED_AT)
    tournament.land_models(warehouse.landing)
    for number in DAILY:
        tournament.land_round(warehouse.landing, number)
        land_era(warehouse.landing, number, weekday(number))
    shift_universe(warehouse.landing, DAILY[-2])
    warehouse.build()
    return warehouse


def weekday(number):
    return pd.bdate_range("2026-03-02", periods=len(DAILY))[number - DAILY[0]]


def land_era(landing, number, day):
    path = landing / "rounds" / f"{number}.parquet"
    frame = pd.read_parquet(path)
    open_at = day.tz_localize("UTC") + tournament.DAY
    frame = frame.assign(era_date=day.date(), open_at=open_at, close_at=open_at + tournament.DAY)
    frame.to_parquet(path, index=False)
    for path in (landing / "submissions").glob(f"{number}_*.parquet"):
        upload = pd.read_parquet(path)
        upload["submitted_at"] += open_at - tournament.open_at(number)
        upload.to_parquet(path, index=False)


def shift_universe(landing, number):
    """Renames two in five of a round's stocks."""
    for table, columns in {
        "universe": ["stock_id", "ticker"],
        "neutralizers": ["stock_id"],
        "factors": ["stock_id"],
        "submissions": ["id"],
    }.items():
        for path in (landing / table).glob(f"{number}*.parquet"):
            frame = pd.read_parquet(path)
            for column in columns:
                is_moved = frame[column].str[-1].isin(list("0369"))
                frame.loc[is_moved, column] = "X" + frame.loc[is_moved, column].str[1:]
            frame.to_parquet(path, index=False)


def test_a_window_of_five_daily_rounds_equals_the_organisers_code(daily):
    marts = daily.marts()
    expected = assert_stability_matches(oracle_of(daily.landing, DAILY[-1]), marts)
    lags = expected.index.get_level_values("lag_round")
    assert set(lags) <= set(DAILY[-6:-1])
    assert {3, 4, 5, 6, 7} == set(lags) | {3}
    assert expected["churn"].isna().groupby(lags).all()[DAILY[-2]]  # too little is shared


def test_no_weekly_round_of_real_prices_is_without_a_window(shared_data):
    """About twelve holidays in seven years an era is eight days after the one before."""
    files = ("sp500_daily_2014_2021.parquet", "sp500_constituents_2021.csv")
    rules = PROJECT / "seeds" / "rules" / "stability_rules.csv"
    model = PROJECT / "models" / "rules" / "int_round_windows.sql"
    windows_sql = Template(model.read_text()).render(ref=str, config=lambda **_: "")
    with closing(load_prices(*(shared_data / name for name in files))) as connection:
        eras = make_eras(connection, "weekly", *price_dates(connection))
        connection.execute(
            f"""
            create table int_rounds_known as
            select eras.*, rules.kind, minimum_overlap, columns('(window|fallback)_.*')::integer
            from eras cross join '{rules}' as rules
            where rules.tournament = 'house' and rules.kind = 'live'
            """
        )
        pairs = connection.execute(windows_sql).fetchall()
    windows = {era.round_number: set() for era in eras}
    for number, lag_round, _ in pairs:
        windows[number].add(lag_round)
    dates = {era.round_number: era.era_date for era in eras}
    expected = {number: set(stability_oracle.window_of(number, dates)) for number in dates}
    assert windows == expected
    ages = [(dates[n] - dates[max(lags)]).days for n, lags in windows.items() if lags]
    assert len(ages) == len(eras) - 1  # of the first nothing is known
    assert sum(age > stability_oracle.WINDOW_DAYS for age in ages) == 12


def test_stakes_are_zeroed_as_the_organisers_code_says(clean, daily):
    for warehouse, numbers in ((clean, tournament.ROUNDS), (daily, DAILY)):
        marts = warehouse.marts()
        for number in numbers:
            oracle = oracle_of(warehouse.landing, number)
            found = of_round(marts, "fct_stakes", number).set_index("model_id")
            accepted = oracle.stakes.index
            np.testing.assert_array_equal(found["at_risk_nmr"].reindex(accepted), oracle.stakes)
            others = found.drop(accepted)
            assert (others["at_risk_nmr"] == 0).all()
            is_zeroed = (found["at_risk_nmr"] == 0) & (found["stake_nmr"] > 0)
            assert (found["zeroed_reason"].notna() == is_zeroed).all()


def test_largest_figures_equal_those_taken_from_the_files_as_sent(clean):
    marts = clean.marts()
    now, before = (uploaded(clean.landing, number) for number in (5, 4))
    found = of_round(marts, "fct_stakes", 5).set_index("model_id")
    pairs = of_round(marts, "fct_stability", 5).groupby("model_id")["neutral_churn"].mean()
    for model in ("model_a", "model_c", "model_d", "model_h"):
        earlier = [{"lag": part[model] if i == 0 else part} for i, part in enumerate(before)]
        current = now[0][model], now[1], now[2]
        churn, turnover = signals.calculate_max_churn_and_turnover(*current, *earlier)
        neutral = signals.calculate_mean_neutral_churn(*current, *earlier)
        row = found.loc[model]
        figures = [row["max_churn"], row["max_turnover"], pairs[model]]
        np.testing.assert_allclose(figures, [churn, turnover, neutral], rtol=0, atol=1e-9)


def uploaded(landing, number):
    """Signals as sent, N and v of a round, by ticker, as the organiser's code takes them."""
    oracle = oracle_of(landing, number)
    basis, weights = oracle.basis.rename_axis("ticker"), oracle.weights.rename_axis("ticker")
    sent = {}
    for model, rows in oracle.rows("submissions").groupby("model_id"):
        rows = rows[rows["submitted_at"] == rows["submitted_at"].max()].set_index("id")["signal"]
        sent[model] = rows[rows.index.isin(weights.index)].rename_axis("ticker")
    return sent, basis, weights


def test_meta_models_are_compared_as_their_members_are(clean):
    marts = clean.marts()
    found = marts["fct_meta_model_stability"].set_index(["round_number", "meta_model", "lag_round"])
    values = marts["fct_meta_models"].set_index("stock_id")
    assert len(found) >= 8
    for (number, name, lag), row in found.iterrows():
        now, before = (
            values[(values["round_number"] == n) & (values["meta_model"] == name)]["value"]
            for n in (number, lag)
        )
        assert abs(row["churn"] - signals.churn(now, before)) < 1e-9
        weights = [
            side if name == "SWP" else portfolio(oracle_of(clean.landing, n), side)
            for n, side in ((number, now), (lag, before))
        ]
        assert abs(row["turnover"] - signals.turnover(*weights)) < 1e-9
    pairs = of_round(marts, "fct_stability", 6).set_index("model_id")
    stakes = of_round(marts, "fct_stakes", 6).set_index("model_id")["at_risk_nmr"]
    members = pairs.loc[stakes.index[stakes > 0]]
    swp = found.loc[(6, "SWP", 5)]
    assert abs(swp["mean_member_churn"] - members["churn"].mean()) < 1e-12
    assert abs(swp["mean_member_turnover"] - members["turnover"].mean()) < 1e-12
    assert swp["member_count"] == len(members)


def portfolio(oracle, values):
    weights = scoring.generate_neutralized_weights(
        values.sort_index().rename("it").to_frame(),
        oracle.basis,
        oracle.weights,
        center_and_normalize=True,
    )
    return weights["it"]


def test_a_zeroed_stake_has_no_weight_anywhere(clean):
    marts = clean.marts()
    stakes = marts["fct_stakes"]
    assert ((stakes["zeroed_reason"].notna()) & (stakes["round_number"] > 1)).any()
    zeroed = stakes[stakes["at_risk_nmr"] == 0].set_index(["round_number", "model_id"]).index
    members = clean.query(
        "select round_number, model_id from int_meta_model_weights "
        "inner join int_model_keys using (model_key)"
    )
    assert members
    assert not set(members) & set(zeroed)
    scores = marts["fct_scores"].set_index(["round_number", "model_id"])
    is_zeroed = scores.index.isin(zeroed)
    assert scores.loc[is_zeroed, "staked_percentile"].isna().all()


def test_a_correction_turns_a_zeroed_stake_back_in_its_window_and_nowhere_else(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    warehouse.built_marts = LOOKED_AT
    former = {name: clean.marts()[name] for name in LOOKED_AT}
    number, model = 2, tournament.MODELS[0]
    path = warehouse.landing / "submissions" / f"{number}_{model}_1.parquet"
    upload = pd.read_parquet(path)
    upload.assign(signal=1 - upload["signal"]).to_parquet(path, index=False)
    warehouse.build()
    spoilt = warehouse.marts()

    window = range(number, number + 2)  # the round, and the one that is compared with it
    untouched = [n for n in tournament.ROUNDS if n not in window]
    assert_same_marts(of_rounds(spoilt, untouched), of_rounds(former, untouched))
    is_zeroed = [set(zeroed_rounds(marts, model)) for marts in (former, spoilt)]
    assert is_zeroed[1] - is_zeroed[0] == set(window)

    shutil.copytree(clean.landing, warehouse.landing, dirs_exist_ok=True)
    warehouse.build()
    assert_same_marts(warehouse.marts(), former)


def of_rounds(marts, numbers):
    chosen = {name: marts[name]["round_number"].isin(numbers) for name in LOOKED_AT}
    return {name: marts[name][rows].reset_index(drop=True) for name, rows in chosen.items()}


def zeroed_rounds(marts, model):
    stakes = marts["fct_stakes"]
    is_zeroed = stakes["zeroed_reason"].notna() & (stakes["model_id"] == model)
    return stakes.loc[is_zeroed, "round_number"]
