"""Payout rules and meta model definitions, as rows make them, on a handful of models."""

import numpy as np
import pytest

from kardashev.replay.meta_models import MetaModel
from kardashev.replay.payouts import PayoutRule
from kardashev.replay.recursion import settlements
from kardashev.replay.replayed_rounds import Term

AT_RISK = np.array([10.0, 20.0, 30.0, 0.0])
SCORES = np.array([0.01, -0.2, np.nan, 0.5])
STEADY = np.zeros(4)


def test_a_payout_is_the_clipped_score_times_the_stake():
    rule = PayoutRule(0.05, False, 1000)
    np.testing.assert_allclose(rule.payouts(AT_RISK, SCORES, STEADY), [0.1, -1.0, 0, 0])


@pytest.mark.parametrize(
    ("clips_before_factor", "expected"), [(False, -0.05), (True, -0.025)], ids=["after", "before"]
)
def test_the_factor_comes_before_or_after_the_clip(clips_before_factor, expected):
    rule = PayoutRule(0.05, clips_before_factor, 30)  # half of what is at risk
    payouts = rule.payouts(AT_RISK, SCORES, STEADY)
    np.testing.assert_allclose(payouts, [0.05, 20 * expected, 0, 0])


@pytest.mark.parametrize(("total", "factor"), [(0, 1), (30, 1), (60, 0.5)])
def test_the_factor_is_the_threshold_over_what_is_at_risk_and_at_most_one(total, factor):
    assert PayoutRule(0.05, False, 30).factor(total) == factor


def test_neutral_churn_takes_from_positive_payouts_alone():
    rule = PayoutRule(0.05, False, 1000, retention_threshold=0.1, retention_scale=10)
    churns = np.array([0.1, 0.2, np.nan, 0.0])
    kept = rule.retention(churns)
    np.testing.assert_allclose(kept, [1, 2 / (1 + np.e), 2 / (1 + np.exp(9)), 1])
    both = np.array([0.02, 0.02, 0.02, 0.02])
    np.testing.assert_allclose(rule.payouts(AT_RISK, both, churns), AT_RISK * 0.02 * kept)
    np.testing.assert_allclose(rule.payouts(AT_RISK, -both, churns), AT_RISK * -0.02)


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (MetaModel("stake", False, 0, False), [1 / 6, 2 / 6, 3 / 6, 0]),
        (MetaModel("equal", False, 0, False), [1 / 3, 1 / 3, 1 / 3, 0]),
        (MetaModel("equal", False, 20, True), [0, 1 / 2, 1 / 2, 0]),
        (MetaModel("equal", False, 20, False), [0, 0, 1, 0]),
        (MetaModel("equal", False, 0, True), [1 / 3, 1 / 3, 1 / 3, 0]),
        (MetaModel("stake", True, 0, False), [0, 1, 0, 0]),
        (MetaModel("equal", False, 99, True), None),
    ],
    ids=["stake", "equal", "at least 20", "above 20", "nothing is no stake", "benchmarks", "none"],
)
def test_members_share_a_meta_model_as_its_row_says(definition, expected):
    weights = definition.weights(AT_RISK, np.array([False, True, False, True]))
    assert weights is None if expected is None else np.allclose(weights, expected)


def test_a_payout_waits_for_the_scores_of_its_own_sum_and_for_the_close():
    day = np.arange("2026-01-01", "2026-01-10", dtype="datetime64[D]").astype("datetime64[us]")
    nothing = np.full(4, np.nan)
    early, late = ({"first_known_at": day[n].item()} for n in (1, 5))
    terms = [
        Term(early, np.array([1.0, 1.0, 0.0, 1.0]), nothing),
        Term(late, np.array([0.0, 2.0, 0.0, 1.0]), nothing),
        Term(None, np.array([0.0, 0.0, 0.0, 0.1]), nothing),
    ]
    found = settlements(day[3], terms, 4)
    np.testing.assert_array_equal(found, [day[3], day[5], day[3], np.datetime64("NaT")])
