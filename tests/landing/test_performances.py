"""What numerapi returns of a model's rounds is landed once, whichever shape it has, or named in one line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kardashev import cli

PROJECT = Path(__file__).parents[2]
SCORES = [
    {"displayName": "v2_corr20", "value": 0.02, "day": 20, "percentile": 0.7, "date": None},
    {"displayName": "mmc", "value": 0.01, "day": None, "payoutSettled": "1.5"},
    {"displayName": "mmc60", "value": 0.3, "day": 60},
    {"displayName": "season_score", "value": 0.4},
    {"displayName": "bmc", "value": None},
]
NEW = {  # as round_model_performances_v2 returns it, written as JSON
    "roundNumber": 1234,
    "roundOpenTime": "2026-03-30T12:24:12+00:00",
    "roundResolveTime": "2026-04-30 20:00:00",
    "roundResolved": True,
    "roundPayoutFactor": "0.092335072311476494",
    "atRisk": "12.5",
    "corrMultiplier": 0.75,
    "mmcMultiplier": 2.25,
    "submissionScores": SCORES,
}
RUNNING = NEW | {
    "roundNumber": 1264,
    "roundOpenTime": "2026-05-09T12:24:12+00:00",
    "roundResolveTime": "2026-06-11T20:00:00+00:00",
    "roundResolved": False,
    "atRisk": "0E-18",
    "submissionScores": [
        {"displayName": "mmc", "value": -0.0058, "day": 7, "date": "2026-05-20T10:00:00+00:00"},
        {"displayName": "v2_corr20", "value": -0.0029},
    ],
}
OLD = {  # as round_model_performances does, with other columns beside
    "corr": -0.0130,
    "corr20V2": None,
    "corrMultiplier": 1.0,
    "mmc": -0.0152,
    "mmcMultiplier": 2.0,
    "mmcPercentile": 0.04,
    "fnc": 0.0004,
    "payout": -5.687406578133045,
    "roundNumber": 281,
    "roundOpenTime": datetime(2021, 9, 11, 18, tzinfo=UTC),
    "roundPayoutFactor": 0.57806573652477347,
    "roundResolveTime": datetime(2021, 10, 13, 20, tzinfo=UTC),
    "roundResolved": True,
    "roundTarget": None,
    "selectedStakeValue": 226.73138356930343,
}


@pytest.fixture
def take_in(tmp_path, capfd):
    """Exit status of the command, what it prints, and what it says on standard error."""

    def run(*arguments):
        places = ["--project-dir", str(PROJECT), "--landing", str(tmp_path / "landing")]
        status = cli.main(["ingest", "history", *map(str, arguments), *places])
        return status, *capfd.readouterr()

    return run


def landed(tmp_path, table):
    frame = pd.read_parquet(tmp_path / "landing" / table / "history.parquet")
    keys = [c for c in ("round_number", "model_id", "score", "score_day") if c in frame]
    return frame.sort_values(keys).reset_index(drop=True)


def write(tmp_path, name, found):
    file = tmp_path / name
    if name.endswith(".json"):
        file.write_text(json.dumps(found, default=str))
    elif name.endswith(".parquet"):
        pd.DataFrame(found).to_parquet(file, index=False)
    else:
        pd.DataFrame(found).to_csv(file, index=False)
    return file


def test_a_round_becomes_rows_of_four_tables(tmp_path, take_in):
    file = write(tmp_path, "alice.json", [NEW, RUNNING])
    status, out, err = take_in(file, "--tournament", "classic", "--account", "ada")
    assert (status, err) == (0, "")
    assert "paid 1.50 NMR" in out
    assert "left out 1 of mmc60: no rule of the tournament" in out
    assert "left out 1 of corr20_v2: no day, or no time" in out
    first, _ = landed(tmp_path, "rounds").to_dict("records")
    assert (first["tournament"], first["round_number"], first["kind"]) == ("classic", 1234, "live")
    assert str(first["era_date"]) == "2026-03-27"  # a Friday, before a Monday
    assert first["close_at"] - first["open_at"] == pd.Timedelta(days=2)
    assert first["payout_factor"] == 0.092335072311476494
    (model,) = landed(tmp_path, "models").to_dict("records")
    assert (model["model_id"], model["account_id"]) == ("alice", "ada")
    assert model["created_at"] == pd.Timestamp(NEW["roundOpenTime"])
    stakes = landed(tmp_path, "stakes")
    assert stakes["stake_nmr"].tolist() == [12.5, 0]
    assert stakes[["corr_multiplier", "mmc_multiplier"]].to_numpy().tolist() == [[0.75, 2.25]] * 2
    scores = landed(tmp_path, "scores").drop(columns=["model_id", "score_version"])
    resolved = pd.Timestamp("2026-04-30 20:00", tz="UTC")
    assert scores.to_numpy().tolist() == [
        [1234, "corr20_v2", 20, 0.02, resolved],
        [1234, "mmc", 20, 0.01, resolved],
        [1264, "mmc", 7, -0.0058, pd.Timestamp("2026-05-20 10:00", tz="UTC")],
    ]


@pytest.mark.parametrize("name", ["mine.json", "mine.parquet", "mine.csv", "mine.csv.gz"])
def test_the_older_shape_is_the_same_in_every_format(tmp_path, take_in, name):
    rows = [OLD, OLD | {"modelName": "bob", "mmcMultiplier": np.nan}]
    status, out, _ = take_in(write(tmp_path, name, rows), "--tournament", "classic")
    assert status == 0
    assert "paid -11.37 NMR" in out
    scores = landed(tmp_path, "scores")
    assert scores["model_id"].tolist() == ["bob", "bob", "mine", "mine"]
    assert scores["score"].tolist() == ["corr20", "mmc"] * 2
    assert scores["value"].tolist() == [OLD["corr"], OLD["mmc"]] * 2
    assert set(scores["known_at"]) == {OLD["roundResolveTime"]}
    stakes = landed(tmp_path, "stakes")
    assert stakes["mmc_multiplier"].isna().tolist() == [True, False]
    assert stakes["stake_nmr"].tolist() == [OLD["selectedStakeValue"]] * 2
    assert landed(tmp_path, "rounds")["round_number"].tolist() == [281]


def test_scores_of_signals_have_the_version_and_the_multiplier_of_their_time(tmp_path, take_in):
    names = ("alpha", "mpc", "corr20", "tc")
    scores = [{"displayName": name, "value": 0.1, "day": 60} for name in names]
    rows = [
        NEW | {"submissionScores": scores, "roundNumber": number, "roundOpenTime": opened}
        for number, opened in ((490, "2023-05-24"), (1091, "2025-12-23"), (1234, "2026-03-30"))
    ]
    file = write(tmp_path, "alice.json", {"data": {"v2RoundModelPerformances": rows}})
    assert take_in(file, "--tournament", "signals")[0] == 0
    found = landed(tmp_path, "scores").query("score == 'mpc'")
    assert found["score_version"].tolist() == ["v1", "v2", "v3"]
    assert set(found["score_day"]) == {60}
    assert (landed(tmp_path, "stakes")["fnc_multiplier"] == 0.75).all()


def test_a_later_file_adds_and_corrects_and_an_equal_one_changes_nothing(tmp_path, take_in):
    options = ("--tournament", "classic")
    take_in(write(tmp_path, "alice.json", [NEW, RUNNING]), *options, "--account", "ada")
    before = {table: landed(tmp_path, table) for table in ("rounds", "models", "stakes", "scores")}
    take_in(tmp_path / "alice.json", *options)
    for table, rows in before.items():
        pd.testing.assert_frame_equal(landed(tmp_path, table), rows)
    later = RUNNING | {"roundResolved": True, "submissionScores": SCORES[:2], "atRisk": "3"}
    take_in(write(tmp_path, "alice.json", [later]), *options)
    after = {table: landed(tmp_path, table) for table in before}
    pd.testing.assert_frame_equal(after["models"], before["models"])
    assert after["stakes"]["stake_nmr"].tolist() == [12.5, 3]
    assert len(after["scores"]) == len(before["scores"]) + 2  # the running one stays: it was known
    assert after["scores"]["score_day"].tolist() == [20, 20, 20, 7, 20]


def test_rounds_and_models_of_other_files_are_left_to_them(tmp_path, take_in):
    landing = tmp_path / "landing"
    take_in(write(tmp_path, "alice.json", [NEW, RUNNING]), "--tournament", "classic")
    for table, key in (("rounds", 1234), ("models", "bob")):
        rows = landed(tmp_path, table).head(1)
        rows[rows.columns[1 if table == "rounds" else 0]] = key
        rows.to_parquet(landing / table / "mine.parquet", index=False)
        (landing / table / "history.parquet").unlink()
    take_in(write(tmp_path, "bob.json", [NEW, RUNNING]), "--tournament", "classic")
    assert landed(tmp_path, "rounds")["round_number"].tolist() == [1264]
    assert not (landing / "models" / "history.parquet").exists()
    assert set(landed(tmp_path, "stakes")["model_id"]) == {"alice", "bob"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "[", "Expecting value"),
        ("a.json", '{"alice": 3}', "it is no list of rounds, and no such lists by model"),
        ("a.json", "[]", "it holds no round"),
        ("a.json", '[{"roundNumber": 1}]', "row 1: there is no roundOpenTime"),
        ("a.csv", "roundOpenTime\n2021-09-11\n", "row 1: there is no roundNumber"),
        (
            "a.csv",
            "roundNumber,roundOpenTime\n1,soon\n",
            "row 1: roundOpenTime 'soon' is not a time",
        ),
        (
            "a.csv",
            "roundNumber,roundOpenTime,mmc\n1,2021-09-11,x\n",
            "row 1: mmc 'x' is not a number",
        ),
        (
            "a.csv",
            "roundNumber,roundOpenTime,submissionScores\n1,2021-09-11,\"[{'day': 1}]\"\n",
            "row 1: submissionScores is not JSON: write the file as JSON or as Parquet",
        ),
        ("a.txt", "x", "its name ends in none of .json, .csv, .csv.gz, .parquet"),
        ("a.parquet", "x", "Parquet"),
    ],
)
def test_what_cannot_be_taken_in_is_one_line_and_leaves_nothing(
    tmp_path, take_in, name, text, message
):
    (tmp_path / name).write_text(text)
    status, out, err = take_in(tmp_path / name, "--tournament", "classic")
    assert (status, out) == (2, "")
    assert err.startswith(f"kardashev: {tmp_path / name}: ")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "landing").exists()


def test_files_that_differ_about_a_round_and_unknown_tournaments_are_said(tmp_path, take_in):
    files = [
        write(tmp_path, f"{name}.json", [NEW | {"roundPayoutFactor": factor}])
        for name, factor in (("alice", 0.5), ("bob", 0.6))
    ]
    status, _, err = take_in(*files, "--tournament", "classic")
    assert status == 2
    assert "round 1234: payout_factor is 0.6 of bob, and 0.5 of another model" in err
    assert (
        "no rules are of the tournament 'clasic'" in take_in(files[0], "--tournament", "clasic")[2]
    )
    assert "no such file" in take_in(tmp_path / "x.json", "--tournament", "classic")[2].lower()
    assert not (tmp_path / "landing").exists()
