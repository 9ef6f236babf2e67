"""Portfolios and True Contribution of whole builds, against another solver and moved stakes."""

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
import tournament
from harness import with_rules
from portfolio_oracle import FACTORS, clarabels, exposures

from kardashev.rounds import portfolios
from kardashev.rounds.prepared import Sources

ROUND = 6
SCALE = 10_000  # of TC: basis points per NMR


def of_round(frame, number):
    return frame[frame["round_number"] == number]


def weights(marts, number):
    held = of_round(marts["fct_portfolios"], number).set_index("stock_id")["weight"]
    return held.reindex(tournament.stock_ids(number)).fillna(0.0).sort_index()


@pytest.mark.parametrize("number", [2, 5, 6])
def test_a_portfolio_is_the_one_that_clarabel_finds(clean, number):
    marts = clean.marts()
    swmm = of_round(marts["fct_meta_models"], number).query("meta_model == 'SWMM'")
    expected, value, gain = clarabels(number, swmm.set_index("stock_id")["value"])
    np.testing.assert_allclose(weights(marts, number), expected, rtol=0, atol=1e-7)
    assert gain(weights(marts, number)) == pytest.approx(value, abs=1e-8)


def test_exposures_are_those_of_the_published_weights(clean):
    marts = clean.marts()
    held = weights(marts, ROUND)
    found = of_round(marts["fct_portfolio_exposures"], ROUND).set_index("constraint_name")
    expected = exposures(ROUND).T @ held
    for name in FACTORS:
        assert found.loc[f"factor:{name}", "exposure"] == pytest.approx(expected[name], abs=1e-12)
    assert found.loc["gross", "exposure"] == pytest.approx(held.abs().sum(), abs=1e-12)
    assert found.loc["gross", "is_binding"]
    solution = of_round(marts["fct_portfolio_solutions"], ROUND).iloc[0]
    assert (solution["engine"], solution["status"]) == ("newton", "solved")
    assert solution["stocks_held"] == (held != 0).sum()


def test_a_round_without_stake_has_no_portfolio_and_says_why(clean):
    marts = clean.marts()
    number = tournament.UNSTAKED_ROUND
    solution = of_round(marts["fct_portfolio_solutions"], number).iloc[0]
    assert (solution["status"], solution["reason"]) == ("no meta model", "every stake is zero")
    scores = of_round(marts["fct_scores"], number).query("score == 'tc'")
    assert scores["value"].isna().all()
    assert (scores["null_reason"] == "the round has no portfolio: every stake is zero").all()


@pytest.mark.parametrize("threads", [1, 2])
def test_rounds_have_the_same_portfolios_whichever_process_solves_them(threads, clean, monkeypatch):
    monkeypatch.setattr(portfolios, "DRAWS_OF_A_WORKER", 1)
    with duckdb.connect(str(clean.database), read_only=True) as connection:
        connection.execute(f"set threads = {threads}")
        table = connection.table
        rows = portfolios.optimized_portfolio_rows(
            connection,
            table("int_portfolios_due"),
            Sources(
                *(table(f"int_{name}") for name in ("signal_ranks", "submissions", "universe")),
                loadings=table("int_factor_loadings"),
            ),
            table("int_stakes_at_risk"),
            table("int_round_portfolio_limits"),
            "newton",
        )
        built = table("int_portfolios_optimized").order("round_number").to_arrow_table()
        assert rows.read_all().equals(built.cast(portfolios.SCHEMA))


def test_clones_have_one_true_contribution_whatever_their_stakes(clean):
    scores = clean.marts()["fct_scores"].query("score == 'tc' and score_version == 'v1'")
    by_model = scores.pivot(index="round_number", columns="model_id", values="value").dropna(
        how="all"
    )
    first, second = tournament.CLONE
    here = by_model[[first, second]].dropna()
    assert len(here) >= 3
    np.testing.assert_allclose(here[first], here[second], rtol=1e-12)


def test_a_limit_that_means_nothing_is_named_and_all_else_is_published(tmp_path):
    warehouse = with_rules(
        tmp_path, portfolio_limits=lambda text: text.replace("house,,,,,gross,1\n", "")
    )
    tournament.land_all(warehouse.landing, (1, 2))
    output = warehouse.build(succeeds=False, is_tested=True)
    assert "round 2 has no portfolio: gross" in output
    assert "Traceback" not in output
    marts = warehouse.marts()
    assert set(marts["fct_portfolio_solutions"]["status"]) == {"refused"}
    assert marts["fct_scores"].query("score == 'mmc' and round_number == 2")["value"].notna().any()


def unwatched(text):
    """Stability rules without thresholds: no stake is set to zero."""
    return text.replace(",0.8,0.15,0.2\n", ",0.8,,\n")


def fund_return(warehouse, number):
    """Return of a round's portfolio by the landed returns."""
    held = dict(
        warehouse.query(
            f"select stock_id, weight from fct_portfolios where round_number = {number}"
        )
    )
    returns = tournament.target_values(number, "return_20", 20)
    return sum(weight * returns.get(stock, 0.0) for stock, weight in held.items())


# One with stake, one without, one that the rules of stability set to zero.
MOVED = {2: "model_a", 5: tournament.FICKLE, 6: tournament.FICKLE}
STEP = 0.1  # NMR: no stock enters or leaves the portfolio over it


def test_true_contribution_is_the_slope_of_the_return_over_a_moved_stake(clean, tmp_path):
    """Stakes as they were at risk are landed, one of a round moved, and built by the reference engine."""
    marts = clean.marts()
    at_risk = marts["fct_stakes"].set_index(["round_number", "model_id"])["at_risk_nmr"]
    numbers = (1, 2, 3, 4, 5, 6)

    def rebuilt(moves, name):
        folder = tmp_path / name
        folder.mkdir()
        warehouse = with_rules(folder, stability_rules=unwatched)
        shutil.copytree(clean.landing, warehouse.landing)
        for number in numbers:
            path = warehouse.landing / "stakes" / f"{number}.parquet"
            frame = pd.read_parquet(path)
            frame["stake_nmr"] = [at_risk.get((number, m), 0.0) for m in frame["model_id"]]
            is_moved = frame["model_id"] == MOVED.get(number)
            frame["stake_nmr"] += is_moved * moves.get(number, 0.0)
            frame.to_parquet(path, index=False)
        warehouse.build("--select", "+fct_portfolios", "--vars", "portfolio_engine: diffcp")
        return {number: fund_return(warehouse, number) for number in MOVED}

    stakes = marts["fct_stakes"].set_index(["round_number", "model_id"]).loc[list(MOVED.items())]
    assert (stakes["stake_nmr"] > 0).tolist() == [True, False, True]
    is_staked = (stakes["at_risk_nmr"] > 0).to_numpy()
    assert is_staked.tolist() == [True, False, False]
    near = rebuilt(dict.fromkeys(MOVED, STEP), "near")
    far = rebuilt(dict(zip(MOVED, np.where(is_staked, -STEP, 2 * STEP), strict=True)), "far")
    scores = marts["fct_scores"].query("score == 'tc' and score_version == 'undropped'")
    found = scores.set_index(["round_number", "model_id"])["value"]
    for (number, model), central in zip(MOVED.items(), is_staked, strict=True):
        if central:
            slope = (near[number] - far[number]) / (2 * STEP)
        else:
            here = fund_return(clean, number)
            slope = (4 * near[number] - far[number] - 3 * here) / (2 * STEP)
        assert found[number, model] == pytest.approx(SCALE * slope, rel=1e-4)
