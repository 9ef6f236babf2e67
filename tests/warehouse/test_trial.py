"""A file checked before it is sent: what a build says of it once it is, and nothing is landed for that."""

import json

import numpy as np
import pandas as pd
import pytest
import tournament
from harness import PROJECT

from kardashev import cli

NUMBER, MODEL = tournament.ROUNDS[-1], "model_b"
FIGURES = ["lag_round", "churn", "turnover", "neutral_churn"]


def checked(warehouse, file, capfd, model=MODEL):
    """Exit status of the command, what it prints, and what it says on standard error."""
    received_at = tournament.open_at(NUMBER) + 2 * tournament.DAY
    places = {"landing": warehouse.landing, "database": warehouse.database}
    options = [part for name, path in places.items() for part in (f"--{name}", str(path))]
    options += ["--round", str(NUMBER), "--model", model, "--received-at", received_at.isoformat()]
    status = cli.main(["check", str(file), "--json", "--project-dir", str(PROJECT), *options])
    said = capfd.readouterr()
    return status, json.loads(said.out) if said.out else None, said.err


@pytest.fixture
def sent(clean, tmp_path):
    """The newest upload of the model, as a participant has it."""
    rows = pd.read_parquet(clean.landing / "submissions" / f"{NUMBER}_{MODEL}_1.parquet")
    (id_type,) = set(rows["id_type"])
    return rows.rename(columns={"id": id_type})[[id_type, "signal"]]


def test_what_was_sent_is_told_as_it_was_built(clean, sent, tmp_path, capfd):
    before = {path: path.stat() for path in clean.folder.rglob("*") if path.is_file()}
    file = tmp_path / "mine.csv"
    sent.to_csv(file, index=False)
    status, found, _ = checked(clean, file, capfd)
    marts = clean.marts()

    def of_model(name):
        return marts[name].query("round_number == @NUMBER and model_id == @MODEL")

    stability = of_model("fct_stability").sort_values("lag_round")
    assert len(stability)
    told = pd.DataFrame(found["stability"])
    pd.testing.assert_frame_equal(
        told[FIGURES].astype(float), stability[FIGURES].astype(float).reset_index(drop=True)
    )
    (stake,), (standing,) = found["stake"], of_model("fct_stakes").to_dict("records")
    assert stake["at_risk_nmr"] == standing["at_risk_nmr"] > 0
    assert (status, stake["zeroed_reason"], found["failed"]) == (0, None, [])
    assert found["status"] == found["counting"][0]["status"] == "accepted"
    scores = of_model("fct_scores").query("score_version == 'v1'").set_index("score")
    (nearest,) = found["nearest"]
    assert nearest["model_id"] == scores.loc["mcwsm", "attained_by"]
    assert nearest["correlation"] == pytest.approx(scores.loc["mcwsm", "value"], abs=1e-12)
    largest = found["exposures"][0]
    assert largest["factor"] == scores.loc["max_exposure", "attained_by"]
    assert largest["exposure"] == pytest.approx(scores.loc["max_exposure", "value"], abs=1e-12)
    assert {path: path.stat() for path in before} == before


def test_what_would_not_count_is_told_with_its_reason(clean, sent, tmp_path, capfd):
    file = tmp_path / "mine.parquet"
    sent.assign(signal=np.where(sent.index == 3, np.nan, 0.5)).to_parquet(file, index=False)
    status, found, _ = checked(clean, file, capfd)
    assert status == 1
    assert found["status"] == "quarantined"
    (counting,) = found["counting"]  # the one that is landed
    assert counting["submitted_at"] < (tournament.open_at(NUMBER) + tournament.DAY).isoformat()
    assert {row["expectation"] for row in found["failed"]} == {"signals numbers", "signals differ"}
    assert all(row["advice"] for row in found["failed"])


def test_what_the_door_would_refuse_is_refused_at_once(clean, sent, tmp_path, capfd):
    file = tmp_path / "mine.csv"
    sent.rename(columns={"signal": "score"}).to_csv(file, index=False)
    status, found, said = checked(clean, file, capfd)
    assert (status, found) == (2, None)
    assert said.startswith("kardashev: mine.csv: column 'score' is not known")
    assert "building" not in said
