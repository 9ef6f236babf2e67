"""The organiser's two tournaments: scores, whole submissions, and series that change their score."""

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import Warehouse
from numerai_tools import scoring
from test_parity import TOLERANCE, Oracle

TARGETS = {
    "factor_neutral_20": "cyrus_20",
    "factor_feat_neutral_20": "nomi_20",
    "chili_60": "jerome_60",
}
LAST_OLD = {"classic": 484, "signals": 498}  # the last round before the official score changes


def rewritten(landing, table, change):
    for path in (landing / table).glob("*.parquet"):
        change(pd.read_parquet(path)).to_parquet(path, index=False)


def in_classic(targets):
    """Targets under their classic names; what classic does not have is left out."""
    return targets.assign(target=targets["target"].map(TARGETS)).dropna(subset="target")


@pytest.fixture(scope="module", params=["classic", "signals"])
def played(request, tmp_path_factory):
    """Two rounds of a rule set, the official score changing between them."""
    looked_at = ("fct_scores", "fct_submissions", "leaderboard_models")
    warehouse = Warehouse(tmp_path_factory.mktemp(request.param), built_marts=looked_at)
    landing, last_old = warehouse.landing, LAST_OLD[request.param]
    tournament.land_all(landing, (last_old, last_old + 1))
    rewritten(landing, "rounds", lambda f: f.assign(tournament=request.param))
    if request.param == "classic":
        rewritten(landing, "targets", in_classic)
        rewritten(landing, "submissions", lambda f: f.assign(id_type="id"))
    warehouse.build(is_tested=True)
    return request.param, warehouse


def of_rounds(played):
    name, warehouse = played
    numbers = (LAST_OLD[name], LAST_OLD[name] + 1)
    final_days = {n: h for h, names in tournament.TARGETS.items() for n in names}
    final_days |= {new: final_days[old] for old, new in TARGETS.items()}
    return {n: Oracle(warehouse.landing, n, final_days) for n in numbers}


def values(marts, number, score, version="v1"):
    scores = marts["fct_scores"].query("round_number == @number and score == @score")
    return scores[scores["score_version"] == version].set_index("model_id")["value"]


def assert_equal(found, expected, score):
    np.testing.assert_allclose(
        found.reindex(expected.index), expected, rtol=0, atol=TOLERANCE, err_msg=score
    )


def test_classic_takes_whole_submissions_only(played):
    name, warehouse = played
    submissions = warehouse.marts()["fct_submissions"]
    is_whole = submissions["stocks_filled"] == 0
    is_accepted = submissions["status"] == "accepted"
    assert (is_accepted & ~is_whole).any() == (name == "signals")
    if name == "classic":
        refused = submissions[~is_whole]
        assert (refused["status"] == "quarantined").all()
        assert refused["reasons"].str.startswith("every stock named: unnamed_stocks").all()
        assert is_accepted.any()


def test_scores_of_the_rule_set_equal_the_organisers_code(played):
    name, warehouse = played
    marts = warehouse.marts()
    for number, oracle in of_rounds(played).items():
        accepted = marts["fct_submissions"].query(
            "round_number == @number and status == 'accepted'"
        )
        oracle.predictions = oracle.predictions[accepted["model_id"]]
        predictions = oracle.predictions
        if name == "signals":
            old, target, newer = "corr20", "factor_feat_neutral_20", "fnc_v4"
            found = scoring.feature_neutral_corr(
                predictions, oracle.factors(), oracle.target(target)
            )
        else:
            old, target, newer = "corr20", "nomi_20", "corr20_v2"
            found = scoring.numerai_corr(predictions, oracle.target("cyrus_20"))
            features = oracle.factors().filter(like="feature_")
            fnc = scoring.feature_neutral_corr(predictions, features, oracle.target("nomi_20"))
            assert_equal(values(marts, number, "fnc_v3"), fnc, "fnc_v3")
            corj = scoring.numerai_corr(predictions, oracle.target("jerome_60"))
            assert_equal(values(marts, number, "corj60"), corj, "corj60")
        assert_equal(values(marts, number, newer), found, newer)
        live, shared = scoring.filter_sort_index(oracle.target(target), predictions)
        spearman = shared.apply(lambda s, live=live: scoring.spearman_correlation(live, s))
        assert_equal(values(marts, number, old), spearman, old)


def test_an_official_series_goes_on_in_another_score(played):
    name, warehouse = played
    marts, old = warehouse.marts(), LAST_OLD[name]
    metric, newer = {"classic": ("corr", "corr20_v2"), "signals": ("fnc", "fnc_v4")}[name]
    scores = marts["fct_scores"].query(f"metric == '{metric}'")
    assert scores["is_canon"].all()
    by_round = scores.groupby("round_number")[["score", "score_version"]].agg(set)
    assert by_round.loc[old, "score"] == {"corr20"}
    assert by_round.loc[old + 1, "score"] == {newer}
    ranked = marts["leaderboard_models"].query(f"score == '{metric}'")
    as_of = ranked[ranked["as_of_date"] == ranked["as_of_date"].max()].set_index("model_id")
    series = scores.groupby("model_id")["value"].mean()
    both = series.index[scores.groupby("model_id")["value"].count() == 2]
    assert len(both)
    np.testing.assert_allclose(
        as_of.loc[both, "reputation_all_time"], series[both], rtol=0, atol=1e-12
    )
