"""The audit of a published round: what a build publishes passes, and each planted change is named."""

import json
import shutil

import duckdb
import pandas as pd
import pytest
import tournament
from harness import PROJECT

from kardashev import cli
from kardashev.inspection.audit import command, plain
from kardashev.inspection.audit.command import audited
from kardashev.inspection.audit.published import reading_copy
from kardashev.inspection.audit.rounds import PARTS

SEEDS = PROJECT / "seeds" / "rules"
TOLERANCE = 1e-9
ROUND = 5


def audit(published, landing, numbers, seeds=SEEDS):
    with reading_copy(published) as copy:
        return audited(copy, landing, seeds, list(numbers))


def findings(parts):
    return [finding for part in parts.values() for finding in part.findings]


def assert_agrees(parts):
    assert not findings(parts)
    for part in parts.values():
        assert part.count and part.largest <= TOLERANCE, part.name


def test_every_round_of_a_build_is_recomputed_from_its_landing(clean):
    parts = audit(clean.published, clean.landing, tournament.ROUNDS)
    assert tuple(parts) == PARTS
    assert_agrees(parts)
    marts = clean.marts()
    assert parts["scores"].count == (marts["fct_scores"]["score"] != "tc").sum()
    assert parts["meta models"].count == len(marts["fct_meta_models"])
    assert parts["stability"].count == 3 * len(marts["fct_stability"])


def test_plain_numpy_finds_the_same_where_numerai_tools_is_not_installed(clean, monkeypatch):
    monkeypatch.setattr(command, "formulas", lambda: plain)
    assert_agrees(audit(clean.published, clean.landing, [ROUND]))


@pytest.fixture
def copied(tmp_path, clean):
    """A copy of the published file and of the landing, to be changed."""
    shutil.copytree(clean.landing, tmp_path / "landing")
    shutil.copy(clean.published, tmp_path / "published.duckdb")
    return tmp_path


# part, what the line says, the change
FIGURES = {
    "a score": (
        "scores",
        "mmc v1 of model_c on day 20 of factor_neutral_20",
        "update fct_scores set value = value + 1e-8 where score = 'mmc' and score_version = 'v1' "
        "and model_id = 'model_c'",
    ),
    "a meta model's value": (
        "meta models",
        "SWMM of S0100",
        "update fct_meta_models set value = value - 1e-8 "
        "where meta_model = 'SWMM' and stock_id = 'S0100'",
    ),
    "a stake at risk": (
        "stakes",
        "at_risk_nmr of model_a",
        "update fct_stakes set at_risk_nmr = at_risk_nmr + 1e-6 where model_id = 'model_a'",
    ),
    "a payout": (
        "payouts",
        "payout_nmr of model_a",
        "update fct_payouts set payout_nmr = payout_nmr + 1e-8 where model_id = 'model_a'",
    ),
    "a portfolio weight": (
        "portfolio",
        "weight of {stock}",
        "update fct_portfolios set weight = weight + 1e-8 where stock_id = '{stock}'",
    ),
    "churn": (
        "stability",
        "churn of model_c since round 4",
        "update fct_stability set churn = churn + 1e-8 where model_id = 'model_c'",
    ),
}


def test_each_changed_figure_of_the_published_file_is_named_and_no_other(copied, clean):
    portfolio = clean.marts()["fct_portfolios"].query(f"round_number == {ROUND}")
    stock = portfolio["stock_id"].iloc[0]
    with duckdb.connect(str(copied / "published.duckdb")) as connection:
        for _, _, change in FIGURES.values():
            connection.execute(f"{change.format(stock=stock)} and round_number = {ROUND}")
    found = findings(audit(copied / "published.duckdb", copied / "landing", [ROUND]))
    named = [(finding.part, finding.what) for finding in found]
    assert sorted(named) == sorted((p, w.format(stock=stock)) for p, w, _ in FIGURES.values())
    score = next(finding for finding in found if finding.part == "scores")
    assert score.published - score.recomputed == pytest.approx(1e-8, rel=1e-4)
    assert f"round {ROUND}: scores: mmc v1 of model_c" in score.line()
    assert "published" in score.line() and "recomputed" in score.line()


def test_a_figure_that_is_missing_or_made_up_is_named(copied):
    with duckdb.connect(str(copied / "published.duckdb")) as connection:
        here = f"where round_number = {ROUND} and model_id = 'model_c'"
        connection.execute(
            f"delete from fct_scores {here} and score = 'ric' and score_version = 'v1'"
        )
        connection.execute(
            "insert into fct_scores by name select * replace ('nobody' as model_id) "
            f"from fct_scores {here} and score = 'alpha'"
        )
    found = findings(audit(copied / "published.duckdb", copied / "landing", [ROUND]))
    sides = {(f.part, f.what.split(" on ")[0]): (f.published, f.recomputed) for f in found}
    assert sides["scores", "ric v1 of model_c"][0] == "absent"
    assert sides["scores", "alpha v1 of nobody"][1] == "absent"


def changed_byte(landing):
    path = landing / "targets" / "6_60_60_0.parquet"
    frame = pd.read_parquet(path)
    frame.loc[3, "value"] = 0.5 if frame.loc[3, "value"] != 0.5 else 0.25
    frame.to_parquet(path, index=False)
    return 6, "targets/6_60_60_0.parquet has changed"


def broken_file(landing):
    path = landing / "submissions" / "6_model_c_1.parquet"
    content = bytearray(path.read_bytes())
    content[-6] ^= 0xFF  # of the footer's length
    path.write_bytes(content)
    return 6, "submissions/6_model_c_1.parquet cannot be used"


def removed_file(landing):
    (landing / "submissions" / "2_model_c_1.parquet").unlink()
    return 2, "submissions/2_model_c_1.parquet is gone"


def added_file(landing):
    path = tournament.land_upload(landing, 5, "model_e", hours=3, correction=1)
    return 5, f"submissions/{path.name} holds "


def test_each_changed_file_of_the_landing_is_named_with_its_round(copied):
    changes = [
        change(copied / "landing")
        for change in (changed_byte, broken_file, removed_file, added_file)
    ]
    parts = audit(
        copied / "published.duckdb", copied / "landing", (3, 6)
    )  # 2 and 5 in their windows
    listed = [(finding.round_number, finding.what) for finding in parts["landing"].findings]
    assert len(listed) == len(changes)
    for number, what in changes:
        assert any(n == number and said.startswith(what) for n, said in listed), what
    differing = {
        finding.what.split(" of ")[1].split(" ")[0] for finding in parts["scores"].findings
    }
    assert "model_c" in differing


def test_files_that_are_compacted_are_no_difference(copied):
    landing = copied / "landing"
    files = sorted((landing / "submissions").glob("5_*.parquet"))
    whole = pd.concat([pd.read_parquet(path) for path in reversed(files)])
    for path in files:
        path.unlink()
    tournament.write(whole, landing, "submissions", "together")
    parts = audit(copied / "published.duckdb", landing, [ROUND])
    assert_agrees(parts)


def test_a_rule_row_that_is_not_the_one_that_applied_is_named(copied, clean):
    seeds = copied / "rules"
    shutil.copytree(SEEDS, seeds)
    path = seeds / "payout_rules.csv"
    path.write_text(path.read_text().replace("house,house,,,,,0.017", "house,house,,,,,0.05"))
    path = seeds / "meta_model_definitions.csv"
    path.write_text(path.read_text().replace("house,,,,,BMM,stake,true,0,false\n", ""))
    path = seeds / "factor_sets.csv"  # of a set that no score names
    path.write_text(path.read_text() + "house,unused,beta\n")
    parts = audit(clean.published, clean.landing, [ROUND], seeds)
    said = [finding.what for finding in findings(parts)]
    assert sorted(said) == [
        "meta_model_definitions.csv: house BMM stake applied, and is not there now",
        "payout_rules.csv: house house: clip was 0.017, is 0.05",
    ]
    assert {finding.part for finding in findings(parts)} == {"rules"}


def test_the_command_prints_the_table_and_its_exit_status_says_whether_all_agrees(clean, capsys):
    places = ["--published", str(clean.published), "--landing", str(clean.landing)]
    places += ["--project-dir", str(PROJECT)]
    assert cli.main(["audit", "--round", "1", *places]) == 0
    printed = capsys.readouterr().out
    assert "everything agrees" in printed
    assert all(f"\n  {part} " in printed for part in PARTS)
    assert cli.main(["audit", "--last", "1", "--json", *places]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rounds"] == [tournament.ROUNDS[-1]]
    assert [part["part"] for part in found["parts"]] == list(PARTS)
    for wrong, said in (
        (["--round", "99"], f"round 99 is not in {clean.published}"),
        (["--rounds", "70-80"], "no round from 70 to 80"),
        (["--round", "1", "--published", "none.duckdb"], "no published copy at none.duckdb"),
    ):
        assert cli.main(["audit", *places, *wrong]) == 2
        shown = capsys.readouterr().err.splitlines()
        assert len(shown) == 1
        assert said in shown[0]
