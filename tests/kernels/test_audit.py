"""The audit's own arithmetic: an exact portfolio and its slope, windows, payouts by dated rules."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kardashev.inspection.audit.close import window
from kardashev.inspection.audit.payouts import payouts
from kardashev.inspection.audit.portfolio import Problem, slope, solved
from kardashev.inspection.audit.rules import Rules

STOCKS = 60


def stated(rng):
    """Dollar and two sectors, which follow from each other, and three factors within a limit."""
    sector = np.arange(STOCKS) % 2 == 0
    factors = rng.normal(size=(3, STOCKS))
    return Problem(
        names=["dollar", "sector:a", "sector:b", "factor:x", "factor:y", "factor:z"],
        rows=np.vstack([np.ones(STOCKS), sector, ~sector, factors]),
        limits=np.array([0, 0, 0, 0.05, 0.05, 0.05]),
        caps=np.where(np.arange(STOCKS) == 7, 0.0, 0.06),
        gross=1.0,
        curvature=0.02 * STOCKS,
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_portfolio_meets_every_limit_and_no_move_within_them_gains(seed):
    rng = np.random.default_rng(seed)
    problem, signal = stated(rng), rng.normal(size=STOCKS)
    weights, active = solved(problem, signal)
    assert active is not None
    assert weights[7] == 0
    assert (np.abs(weights) <= problem.caps + 1e-12).all()
    assert np.abs(weights).sum() <= 1 + 1e-12
    assert (np.abs(problem.rows @ weights) <= problem.limits + 1e-12).all()

    def gain(w):
        return signal @ w - problem.curvature / 2 * w @ w

    for _ in range(5):  # towards portfolios for other signals, which meet the limits too
        other, _ = solved(problem, signal + 0.3 * rng.normal(size=STOCKS))
        assert gain(weights + 0.01 * (other - weights)) <= gain(weights) + 1e-15


@pytest.mark.parametrize("seed", range(2))
def test_the_slope_is_what_a_small_move_of_the_signal_does(seed):
    rng = np.random.default_rng(seed)
    problem, signal = stated(rng), rng.normal(size=STOCKS)
    returns, move, step = rng.normal(size=STOCKS), rng.normal(size=STOCKS), 1e-6
    _, active = solved(problem, signal)
    ends = [solved(problem, signal + side * step * move)[0] @ returns for side in (1, -1)]
    assert slope(problem, active, returns) @ move == pytest.approx(
        (ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-9
    )


def ruled(number=316, tournament="classic", open_at="2022-01-01", **rows):
    calendar = {"tournament": tournament, "round_number": number, "open_at": open_at}
    calendar |= {"kind": "live", "payout_factor": np.nan, "total_at_risk_nmr": np.nan}
    return Rules(rows, calendar), calendar


def paid(clips_before_factor, scores, at_risk=1000.0, own=np.nan, churn=np.nan, references=()):
    """Payout of one model under clip 0.25, threshold 500: half of what is at risk."""
    rule = {"payout_rule": "r", "clip": 0.25, "clips_before_factor": clips_before_factor}
    rule |= {"stake_threshold_nmr": 500, "retention_threshold": 0.1, "retention_scale": 10}
    bounds = dict.fromkeys(("first_round", "last_round", "first_date", "last_date"))
    canon = [
        {"tournament": "classic", "metric": "corr", "score": "corr20", "score_version": "v1"}
        | bounds
        | {"last_round": 484},
        {"tournament": "classic", "metric": "corr", "score": "corr20_v2", "score_version": "v1"}
        | bounds
        | {"first_round": 485},
    ]
    term = {"payout_rule": "r", "score": "corr", "score_version": "official", "multiplier": 1}
    rules, calendar = ruled(payout_rules=[rule], payout_terms=[term], canon_scores=canon)
    landed = SimpleNamespace(
        rules=rules,
        calendar=calendar,
        references=set(references),
        stake_rows=pd.DataFrame({"corr20_v2_multiplier": [own]}, index=["alice"]),
    )
    stakes = pd.DataFrame({"at_risk_nmr": [at_risk], "mean_neutral_churn": [churn]}, ["alice"])
    values = {("corr20", "v1"): [(20, True, pd.Series({"alice": scores}))]}
    return payouts(landed, stakes, values, is_closed=True).loc["alice", "payout_nmr"]


def test_payouts_by_hand():
    assert paid(False, -0.3) == -150  # 1000 × 0.5 × −0.3
    assert paid(True, -0.3) == -125  # 1000 × 0.5 × clip(−0.3)
    assert paid(False, -0.3, own=2) == -250  # of the series' next score; clipped after the factor
    assert paid(False, 0.1, churn=0.05) == 50
    assert paid(False, 0.1, churn=0.3) == pytest.approx(50 * 2 / (1 + np.exp(2)))
    assert paid(False, np.nan) == 0  # missing for good
    assert paid(False, -0.3, references={"alice"}) == 0  # a benchmark or an example


def test_the_window_holds_a_weeks_rounds_of_the_kind_or_the_last_of_a_fortnight():
    days = pd.to_datetime(["2026-01-02", "2026-01-09", "2026-01-20", "2026-02-10"]).date
    rounds = pd.DataFrame({"round_number": [1, 2, 3, 4], "kind": "live", "era_date": days})
    rounds.loc[4] = [5, "validation", days[3]]
    rule = {"window_days": 7, "window_rounds": None, "fallback_days": 14}
    rules, calendar = ruled(stability_rules=[rule])
    found = [window(calendar | {"kind": "live", "era_date": day}, rules, rounds) for day in days]
    assert found == [[], [1], [2], []]
