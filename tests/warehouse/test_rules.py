"""Rules are rows: one more row of an existing family is one more score."""

import pytest
import tournament
from harness import with_rules
from numerai_tools import scoring
from test_parity import Oracle, assert_round_matches, np

K = 20
ROWS = """\
house,,,,,corr_return,v1,correlation,return_20,,,false,,,1,0.8,false
house,4,,,,mmc,against_swmm,contribution,factor_neutral_20,SWMM,,false,,,1,0.8,false
"""


def with_small_extremes(definitions):
    """The same definitions, with top and bottom of K stocks instead of 200."""
    return definitions.replace(",tb200,", f",tb{K},").replace(",200,", f",{K},")


@pytest.fixture(scope="module")
def with_more_rows(tmp_path_factory):
    """The first rounds, built by a project with two more score rows."""
    warehouse = with_rules(
        tmp_path_factory.mktemp("project"),
        score_definitions=lambda text: with_small_extremes(text) + ROWS,
    )
    warehouse.built_marts = ("fct_scores", "fct_meta_models")
    tournament.land_all(warehouse.landing, (1, 2, 4, 5))  # 2 and 5 have a window
    warehouse.build()
    return warehouse


def values(marts, number, score, version):
    scores = marts["fct_scores"]
    chosen = (scores["round_number"] == number) & (scores["score"] == score)
    return scores[chosen & (scores["score_version"] == version)].set_index("model_id")["value"]


@pytest.mark.parametrize("number", [2, 5])
def test_a_row_gives_a_correlation_with_plain_returns(with_more_rows, number):
    oracle = Oracle(with_more_rows.landing, number, {"return_20": 20})
    expected = scoring.numerai_corr(
        oracle.predictions, oracle.target("return_20"), target_pow15=False
    )
    found = values(with_more_rows.marts(), number, "corr_return", "v1")
    np.testing.assert_allclose(found.reindex(expected.index), expected, rtol=0, atol=1e-9)


def test_a_row_applies_from_its_first_round_on(with_more_rows):
    marts = with_more_rows.marts()
    assert values(marts, 2, "mmc", "against_swmm").empty
    oracle = Oracle(with_more_rows.landing, 5, {"factor_neutral_20": 20})
    meta_models = marts["fct_meta_models"].query("round_number == 5 and meta_model == 'SWMM'")
    expected = scoring.correlation_contribution(
        oracle.predictions,
        meta_models.set_index("stock_id")["value"].sort_index(),
        oracle.target("factor_neutral_20"),
    )
    found = values(marts, 5, "mmc", "against_swmm")
    np.testing.assert_allclose(found.reindex(expected.index), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("number", [2, 5])
def test_top_and_bottom_of_a_rows_k_equal_the_organisers_code(with_more_rows, number):
    marts = with_more_rows.marts()
    marts["fct_scores"] = marts["fct_scores"].query(
        "score != 'corr_return' and score_version != 'against_swmm'"
    )
    final_days = {name: horizon for horizon, names in tournament.TARGETS.items() for name in names}
    assert_round_matches(Oracle(with_more_rows.landing, number, final_days), marts, k=K)
