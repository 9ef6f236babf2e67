"""From a download folder to diagnostics and a leaderboard: two commands, and the organiser's own scores."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from harness import Warehouse
from numerai_files import SIGNALS_FEATURES, fridays, write_signals
from numerai_tools import scoring

from kardashev.cli import main
from kardashev.landing.ingest import Choices, ingest, shape

STOCKS, WEEKS, PAST = 140, 5, 3  # weeks of validation; the others are played live
LIVE_ROUND = 1190
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A folder as numerapi leaves it and predictions of one's own, ingested and built."""
    warehouse = Warehouse(tmp_path_factory.mktemp("participants"))
    folder, days = warehouse.folder / "v2.1", fridays(WEEKS + 1)
    frames = write_signals(folder, days[:WEEKS], STOCKS)
    write_signals(folder, days[WEEKS:], STOCKS, group="live")
    example = frames["_example_preds"]
    noise = np.random.default_rng(9).random(len(example))
    mine = example.assign(signal=0.8 * example["signal"] + 0.2 * noise)
    mine.to_csv(warehouse.folder / "alice.csv", index=False)
    choices = Choices(
        live_from=days[PAST],
        round_number=LIVE_ROUND,
        predictions=(warehouse.folder / "alice.csv",),
    )
    ingest(folder, warehouse.landing, shape("signals"), choices)
    warehouse.build(is_tested=True)
    return warehouse, frames, mine


@pytest.fixture(scope="module")
def marts(played):
    return played[0].marts()


@pytest.fixture(scope="module")
def expected(played):
    """The organiser's scores of alice in each era, straight from the downloaded frames."""
    _, frames, mine = played
    found = {}
    for day in fridays(WEEKS):
        era = {
            name: frame[frame["date"] == day.isoformat()]
            .drop(columns="date")
            .set_index("numerai_ticker")
            for name, frame in (*frames.items(), ("mine", mine))
        }
        data, predictions = era[""], era["mine"][["signal"]]
        weights, basis = era["_sample_weights"]["sample_weight"], era["_neutralizer"]
        # In double precision: the files have single, in which the organiser's code loses eight digits.
        names = ("chili_60", "factor_feat_neutral_20", "factor_neutral_20")
        chili, target, neutral = (data[f"target_{name}"].astype(float) for name in names)
        found[int(f"{day:%Y%m%d}")] = {
            "alpha": scoring.alpha(predictions, basis, weights, chili)["signal"],
            "corr_v4": scoring.numerai_corr(predictions, target)["signal"],
            "ric": scoring.numerai_corr(predictions, neutral)["signal"],
            "fnc_v4": scoring.feature_neutral_corr(predictions, with_dummies(data), target)[
                "signal"
            ],
        }
    return pd.DataFrame(found).T


def with_dummies(data):
    sectors = data["sector"].fillna("unknown")
    dummies = [pd.get_dummies(groups).astype(float) for groups in (data["country"], sectors)]
    return pd.concat([data[SIGNALS_FEATURES].astype(float), *dummies], axis=1)


def test_every_era_and_upload_is_accepted(marts):
    submissions = marts["fct_submissions"].query("status != 'missing'")
    assert set(submissions["status"]) == {"accepted"}
    assert len(submissions) == 2 * WEEKS + 1  # alice sent nothing to the open round
    kinds = marts["dim_rounds"]["kind"].value_counts()
    assert kinds.to_dict() == {"validation": PAST, "live": WEEKS - PAST + 1}


def test_scores_are_the_organisers_from_the_downloaded_files_on(marts, expected):
    scores = marts["fct_scores"].query("model_id == 'alice' and score_version == 'v1' and is_final")
    for score in expected:
        found = scores[scores["score"] == score].set_index("round_number")["value"]
        np.testing.assert_allclose(
            found[expected.index], expected[score], rtol=0, atol=TOLERANCE, err_msg=score
        )


def test_diagnostics_sum_up_the_eras_of_validation(played, expected, capsys):
    assert main(["diagnose", "alice", "--json", "--published", str(played[0].published)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["eras"] == PAST
    found = {row["score"]: row["mean"] for row in document["scores"] if row["outside"] is None}
    past = expected.iloc[:PAST]
    np.testing.assert_allclose(found["alpha"], past["alpha"].mean(), atol=1e-5)
    np.testing.assert_allclose(found["corr_v4"], past["corr_v4"].mean(), atol=1e-5)
    compared = {row["compared_with"] for row in document["example_models"]}
    assert compared == {"numerai_example"}


def test_the_leaderboard_ranks_what_was_played_live_and_leaves_the_example_out(
    played, expected, capsys
):
    argv = ["export", "leaderboard", "--models", "--score", "alpha"]
    assert main([*argv, "--published", str(played[0].published)]) == 0
    board = pd.read_csv(io.StringIO(capsys.readouterr().out)).set_index("username")
    assert list(board.index) == ["alice"]
    assert board.loc["alice", "rank"] == 1
    live = expected.iloc[PAST:]
    np.testing.assert_allclose(board.loc["alice", "alpha"], live["alpha"].mean(), atol=TOLERANCE)
    np.testing.assert_allclose(board.loc["alice", "fncV4"], live["fnc_v4"].mean(), atol=TOLERANCE)


def test_what_was_ingested_can_be_sent_on(played, capsys):
    warehouse, frames, mine = played
    places = ["--published", str(warehouse.published), "--landing", str(warehouse.landing)]
    day = fridays(WEEKS)[-1]
    argv = ["export", "submission", "--model", "alice", "--round", f"{day:%Y%m%d}"]
    assert main([*argv, *places]) == 0
    sent = pd.read_csv(io.StringIO(capsys.readouterr().out)).set_index("numerai_ticker")
    of_era = mine[mine["date"] == day.isoformat()].set_index("numerai_ticker")
    np.testing.assert_allclose(sent.loc[of_era.index, "signal"], of_era["signal"], atol=1e-15)
    assert main(["export", "universe", *places]) == 0  # of the open round
    stocks = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert set(stocks["numerai_ticker"]) == set(frames[""]["numerai_ticker"])
    assert set(stocks["data_type"]) == {"live"}
