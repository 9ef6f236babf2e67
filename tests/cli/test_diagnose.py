"""`kardashev diagnose --json`: the parts of the printed diagnostics, by name."""

import json
import shutil
import sys

import duckdb
import pytest

from kardashev.inspection.diagnosis import PARTS


@pytest.fixture
def copy(played, tmp_path):
    """A copy in which model_3 has one score in two eras of validation."""
    path = shutil.copy(played, tmp_path / "published.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            insert into fct_diagnostics_by_era
                (round_number, era_date, model_id, score, score_version, target, metric, value)
            values
                (1, '2015-01-02', 'model_3', 'corr_v4', 'v1', 'return_20', 'score', 0.02),
                (2, '2015-01-30', 'model_3', 'corr_v4', 'v1', 'return_20', 'score', 'nan');
            insert into fct_diagnostics
                (model_id, score, score_version, target, metric, value, era_count)
            values ('model_3', 'corr_v4', 'v1', 'return_20', 'mean', 0.02, 1);
        """)
    return path


def test_json_has_each_part_by_its_name(run, copy):
    status, out, err = run("diagnose", "model_3", "--json", "--published", copy)
    found = json.loads(out)
    assert (status, err) == (0, "")
    assert found["eras"] == 2
    assert (found["first_era"], found["last_era"]) == ("2015-01-02", "2015-01-30")
    assert [name for name, *_ in PARTS] == list(found)[-len(PARTS) :]
    assert [row["value"] for row in found["worst_eras"]] == [0.02, None]
    assert found["scores"][0]["mean"] == 0.02
    assert found["exposures"] == []


def test_the_tear_sheet_is_written_beside_what_is_printed(run, copy, tmp_path):
    """Of an upload, whose name may be anything; what it must hold is a report's (test_report.py)."""
    pytest.importorskip("vl_convert", reason="`make dashboard` installs what draws charts")
    html = tmp_path / "mine.html"
    status, out, err = run("diagnose", "model_3", "--published", copy, "--html", html)
    assert status == 0
    assert out.startswith("model_3: 2 eras")
    assert f"written to {html}" in err
    text = html.read_text()
    assert '<h1 dir="auto">Upload model_3</h1>' in text
    assert text.count("<svg") >= 4
    before = html.stat()
    for place in (tmp_path, tmp_path / "none" / "mine.html"):
        status, out, err = run("diagnose", "model_3", "--published", copy, "--html", place)
        assert (status, out) == (2, "")
        assert "cannot be written" in err
    assert html.stat() == before


@pytest.mark.parametrize("command", ["diagnose", "report"])
def test_without_what_draws_charts_html_is_refused_at_once(
    run, copy, tmp_path, monkeypatch, command
):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    html = tmp_path / "mine.html"
    status, out, err = run(command, "model_3", "--published", copy, "--html", html)
    assert (status, out) == (2, "")
    assert "what draws charts is not installed: run `make dashboard`" in err
    assert not html.exists()


def test_the_terminal_has_the_same_figures(run, copy):
    _, out, _ = run("diagnose", "model_3", "--published", copy)
    assert out.startswith("model_3: 2 eras of validation, 2015-01-02 to 2015-01-30;")
    assert "  2015-01-02  corr_v4   0.02\n" in out
    assert "exposed" not in out
