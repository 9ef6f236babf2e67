"""Reports: one file that holds everything, opens offline and runs nothing; in short on the terminal."""

import json
from html.parser import HTMLParser

import pytest
from published_copies import HOSTILE

from kardashev import cli
from kardashev.dashboard import report as room
from kardashev.dashboard.published import Published

MOST_BYTES = 5_000_000
REFERRING = {"src", "href", "xlink:href", "action", "data", "poster", "srcset"}


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.references, self.handlers, self.text = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name in REFERRING and not (value or "").startswith("#"):
                self.references.append(value)
            if name.startswith("on"):
                self.handlers.append(value)

    def handle_data(self, data):
        self.text.append(data)


def reports(path):
    published = Published(path)
    first = room.choices.models(published)
    yield room.model_report(published, next(iter(first)))
    yield room.round_report(published, 110)
    yield room.fund_report(published)
    yield room.upload_report(published, next(iter(first)))


@pytest.fixture(scope="module")
def pages(played, hostile):
    pytest.importorskip("vl_convert", reason="`make dashboard` installs what draws charts")
    return [room.html(report) for path in (played, hostile) for report in reports(path)]


def test_a_page_refers_to_nothing_and_runs_nothing(pages):
    for text in pages:
        page = Page(text)
        assert not {"script", "img", "iframe", "link", "object", "embed", "base"} & set(page.tags)
        assert page.references == []
        assert page.handlers == []
        assert "default-src 'none'" in text


def test_a_page_has_charts_and_tables_and_is_small(pages):
    for text in pages:
        page = Page(text)
        assert page.tags.count("svg") >= 5
        assert page.tags.count("table") >= 5
        assert len(text.encode()) < MOST_BYTES


def test_names_are_shown_as_they_are(hostile):
    published = Published(hostile)
    for name in HOSTILE[:4]:
        made = room.model_report(published, name)
        page = Page(room.html(room.Report(made.title, made.views[:1], made.source)))
        assert f"Model {room.visible(name)}" in page.text


def test_an_outdated_copy_is_said_in_its_place(empty, tmp_path):
    import shutil

    import duckdb

    path = shutil.copy(empty, tmp_path / "published.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table fct_misplaced_stakes")
    text = room.html(room.fund_report(Published(path)))
    assert "does not have the table fct_misplaced_stakes yet" in text


def run(capsys, *arguments):
    status = cli.main(["report", *arguments])
    return status, *capsys.readouterr()


def test_a_report_is_printed_in_short(played, capsys):
    status, out, err = run(capsys, "model_3", "--published", str(played))
    assert (status, err) == (0, "")
    assert out.startswith("Model Minnow\n")
    assert "Payouts (30 rows)" in out


def test_a_report_as_json_has_every_row_or_why_there_is_none(played, capsys):
    status, out, _ = run(capsys, "model_3", "--json", "--published", str(played))
    report = json.loads(out)
    rows = {section["title"]: section["rows"] for section in report["sections"]}
    assert (status, report["title"], len(rows["Payouts"])) == (0, "Model Minnow", 30)
    assert all(
        (section["rows"] is None) != (section["problem"] is None) for section in report["sections"]
    )


def test_a_report_is_written_where_it_says(played, tmp_path, capsys):
    pytest.importorskip("vl_convert", reason="`make dashboard` installs what draws charts")
    path = tmp_path / "fund.html"
    status, out, _ = run(capsys, "--fund", "--html", str(path), "--published", str(played))
    assert status == 0
    assert str(path) in out
    assert path.read_text().startswith("<!doctype html>")
    assert [found.name for found in tmp_path.iterdir()] == ["fund.html"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "there is no model 'nobody'"),
        (["--round", "7777"], "round 7777 is not published"),
        ([], "MODEL, --round N or --fund"),
        (["model_3", "--fund"], "one of them"),
        (["--fund", "--html", "/nowhere/fund.html"], "cannot be written"),
        (["--fund", "--html", "fund.html", "--json"], "give one of them"),
    ],
)
def test_what_cannot_be_reported_ends_in_one_line(played, capsys, arguments, said):
    status, out, err = run(capsys, *arguments, "--published", str(played))
    assert status == 2
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_report_of_no_copy_says_what_to_do(tmp_path, capsys):
    status, _, err = run(capsys, "--fund", "--published", str(tmp_path / "none.duckdb"))
    assert status == 2
    assert "run `dbt build`" in err
