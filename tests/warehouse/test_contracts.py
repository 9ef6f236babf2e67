"""What breaks a contract: an operator's lie leaves a round as it was built, a bad file its upload alone.

Every lie that is told of is in test_lies.py.
"""

import shutil

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import assert_same_marts

LIARS = (4, 5)  # the rounds lied about; round 6 has the second in its window
MARTS_OF_ROUNDS = ("fct_scores", "fct_score_revisions", "fct_stakes", "fct_meta_models")


def edited(table, change):
    """A lie: the round's file of a table, changed."""

    def tell(landing):
        (path,) = (landing / table).glob(f"{LIARS[0]}*.parquet")
        frame = pd.read_parquet(path)
        change(frame).to_parquet(path, index=False)

    return tell


def edited_targets(change):
    def tell(landing):
        path = landing / "targets" / f"{LIARS[1]}_20_20_0.parquet"
        frame = pd.read_parquet(path)
        frame[frame["target"] == "factor_neutral_20"] = change(
            frame[frame["target"] == "factor_neutral_20"].copy()
        )
        frame.dropna(how="all").to_parquet(path, index=False)

    return tell


def first(frame, **values):
    frame.loc[frame.index[0], list(values)] = list(values.values())
    return frame


def twice(frame):
    return pd.concat([frame, frame.head(1)])


LIES = {
    "universe: weights positive": edited("universe", lambda f: first(f, sample_weight=-1.0)),
    "targets: bin shares": edited_targets(lambda f: f.assign(value=(f["value"] > 0.5) * 1.0)),
}


def of_rounds(marts, numbers):
    chosen = {}
    for name in MARTS_OF_ROUNDS:
        frame = marts[name]
        chosen[name] = frame[frame["round_number"].isin(numbers)].reset_index(drop=True)
    return chosen


def test_lies_leave_their_rounds_as_they_were_and_hold_no_other_up(warehouse, clean):
    shutil.copytree(clean.folder, warehouse.folder, dirs_exist_ok=True)
    for tell in LIES.values():
        tell(warehouse.landing)
    tournament.land_upload(warehouse.landing, 2, "model_c", correction=1)
    output = warehouse.build(succeeds=False, is_tested=True)

    for number, lie in zip(LIARS, LIES, strict=True):
        contract, expectation = lie.split(": ")
        refused = f"round {number} is refused: {contract}/"
        assert any(refused in s and expectation in s for s in output.splitlines()), output
    assert "Traceback" not in output
    marts = warehouse.marts()
    results = marts["fct_contract_results"].query("scope == 'round' and not success")
    assert set(results["round_number"]) == set(LIARS)
    assert {lie.split(": ")[1] for lie in LIES} <= set(results["expectation"])
    assert_same_marts(of_rounds(marts, LIARS), of_rounds(clean.marts(), LIARS))
    with pytest.raises(AssertionError):  # the others are built: round 2 has changed
        assert_same_marts(of_rounds(marts, [2]), of_rounds(clean.marts(), [2]))

    shutil.rmtree(warehouse.landing)
    shutil.copytree(clean.landing, warehouse.landing)
    warehouse.build()
    assert_same_marts(warehouse.marts(), clean.marts())


BAD_FILES = {
    "ids named": lambda f: first(f, id=None),
    "stocks named once": twice,
    "enough known stocks": lambda f: f.head(99),
    "signals numbers": lambda f: first(f, signal=np.nan),
    "signals at least 0": lambda f: first(f, signal=-0.001),
    "signals at most 1": lambda f: first(f, signal=1.001),
    "signals differ": lambda f: f.assign(signal=0.5),
}


def test_each_bad_file_is_quarantined_for_its_one_reason_and_a_corrected_one_accepted(warehouse):
    landing = warehouse.landing
    warehouse.built_marts = ("fct_submissions",)
    tournament.land_models(landing)
    tournament.land_round(landing, 1)
    for model, change in zip(tournament.MODELS, BAD_FILES.values(), strict=False):
        path = landing / "submissions" / f"1_{model}_1.parquet"
        change(pd.read_parquet(path)).to_parquet(path, index=False)
    corrected = tournament.MODELS[len(BAD_FILES)]
    path = landing / "submissions" / f"1_{corrected}_1.parquet"
    pd.read_parquet(path).assign(signal=0.5).to_parquet(path, index=False)
    tournament.land_upload(landing, 1, corrected, hours=40)  # the next day, before the close
    warehouse.build()
    judged = warehouse.marts()["fct_submissions"].set_index("model_id")
    for model, reason in zip(tournament.MODELS, BAD_FILES, strict=False):
        assert judged.loc[model, "status"] == "quarantined"
        assert judged.loc[model, "reasons"].startswith(f"{reason}: "), judged.loc[model, "reasons"]
        assert ";" not in judged.loc[model, "reasons"]
    assert judged.loc[corrected, "status"] == "accepted"
