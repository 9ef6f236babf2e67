"""The documentation as a site: every page is there, every link leads somewhere, and nothing is loaded."""

import csv
import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import duckdb
import pytest
from published_copies import HOSTILE, make_empty_copy

from kardashev.errors import DocumentationError
from kardashev.printing import visible
from kardashev.site.markdown import rendered, slugs
from kardashev.site.pages import write_site

PROJECT = Path(__file__).parents[2]
LOADED = {"src", "srcset", "data", "poster", "background"}  # and the target of a link element
LOADED_BY_STYLE = re.compile(r"@import|url\(")


class Read(HTMLParser):
    """A page as a browser has it: its elements, anchors, links, what it loads, its styles and its text."""

    def __init__(self, file):
        super().__init__()
        self.elements, self.anchors, self.links, self.loads = set(), set(), [], []
        self.texts = defaultdict(str)  # by the innermost element that is open
        self.open = ["html"]
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.elements.add(tag)
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.loads += [given[name] for name in LOADED & set(given)]
        self.loads += [given["href"]] if tag == "link" else []
        self.texts["style"] += given.get("style") or ""
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        self.texts[self.open[-1]] += data

    @property
    def text(self):
        return "\n".join(self.texts.values())


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Round 7 is older; in round 8 one upload, of a plain name, holds; each other fails alone."""
    path = make_empty_copy(tmp_path_factory.mktemp("published") / "published.duckdb")
    metrics = {"ids named": "missing_ids", "signals numbers": "missing_signals"}
    rows = [
        (number, "submission", "2024-01-05 12:00:00", rule, model, metric, faults)
        for number in (7, 8)
        for faults, model in enumerate(("alice", *HOSTILE))
        for rule, metric in metrics.items()
    ]
    rows.append((8, "universe", "universe", "stocks named", "", "missing_ids", 0))
    with duckdb.connect(str(path)) as connection:
        connection.executemany(
            "insert into dim_rounds (round_number, rule_set, open_at) values (?, 'signals', ?)",
            [(7, "2023-12-29"), (8, "2024-01-05")],
        )
        connection.executemany(
            "insert into fct_contract_results "
            "(round_number, contract, subject, expectation, model_id, metric, observed) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory, published):
    """The folder of a whole site; a stand-in for dbt's page."""
    place = tmp_path_factory.mktemp("site")
    tables = place / "static_index.html"
    tables.write_text("<!doctype html><title>stands for dbt's page</title>")
    write_site(PROJECT, tables, published, place / "site")
    return place / "site"


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): Read(path) for path in site.rglob("*.html")}


def test_every_page_is_there_and_is_linked_from_every_page(site, pages):
    names = {path.stem for path in (PROJECT / "docs").glob("*.md")}
    written = {f"docs/{name}.html" for name in names}
    written |= {f"{name}.html" for name in ("README", "CONTRIBUTING", "CHANGELOG", "tables")}
    assert written | {"index.html", "contracts/index.html"} <= set(pages)
    for path in set(pages) - {"tables.html"}:
        linked = {leads_to(site, path, link)[0] for link in inner(pages[path].links)}
        assert {site / name for name in written} <= linked, path


def test_the_map_lists_every_page_of_docs():
    listed = set(re.findall(r"^\| \[(\w+\.md)\]", (PROJECT / "docs/README.md").read_text(), re.M))
    assert listed == {path.name for path in (PROJECT / "docs").glob("*.md")} - {"README.md"}


def test_every_link_and_picture_leads_to_a_file_and_an_anchor_of_the_site(site, pages):
    for path, page in pages.items():
        for link in [*inner(page.links), *page.loads]:
            file, anchor = leads_to(site, path, link)
            assert file.is_file(), f"{path} links to {link}"
            if anchor:
                assert anchor in pages[file.relative_to(site).as_posix()].anchors, (path, link)


def test_nothing_is_loaded_but_pictures_of_the_site(pages):
    for path, page in pages.items():
        assert not page.elements & {"script", "iframe", "object", "embed", "link", "base"}, path
        assert not [loaded for loaded in page.loads if urlsplit(loaded).scheme], path
        assert not LOADED_BY_STYLE.search(page.texts["style"]), path


def test_every_rule_set_has_the_suite_of_every_contract_with_its_rules_in_force(pages):
    for rule in seed("contract_expectations"):
        ended = rule["last_round"] or rule["last_date"]
        for rule_set in {row["tournament"] for row in seed("score_definitions")}:
            page = pages[f"contracts/{rule_set}-{rule['contract']}.html"]
            belongs = not ended and rule["tournament"] in ("", rule_set)
            assert (f"{rule['expectation']}: {rule['advice']}" in page.text) == belongs, rule


def test_verdicts_are_those_of_the_newest_round_and_name_what_fails_as_text(pages):
    assert not [path for path in pages if path.startswith("contracts/round-7")]
    page = pages["contracts/round-8-submission.html"]
    assert "img" not in page.elements
    for name in HOSTILE:
        assert visible(name) in page.text
    assert "alice" not in page.text
    listed = pages["contracts/index.html"].texts["td"]
    assert "(fails)" in listed
    assert listed.count("(fails)") == 1


def test_anchors_are_githubs():
    headings = ["Query it", "How to …", "What is `fct_scores`?", "Query it", "MMC & BMC", "a_b-c"]
    assert list(slugs(headings)) == [
        *("query-it", "how-to-", "what-is-fct_scores", "query-it-1", "mmc--bmc", "a_b-c"),
    ]
    assert rendered("# What is `fct_scores`?")[0].startswith('<h1 id="what-is-fct_scores">')


def test_a_link_to_a_file_that_is_not_there_is_refused(tmp_path, site):
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# Title\n\n[there](models/nowhere.sql)\n")
    (tmp_path / "seeds").symlink_to(PROJECT / "seeds")
    with pytest.raises(DocumentationError, match=r"models/nowhere\.sql"):
        write_site(tmp_path, site / "tables.html", None, tmp_path / "site")


def test_without_dbts_page_one_line_says_what_to_run(run, tmp_path):
    status, out, err = run("docs", "--project-dir", tmp_path)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "make docs" in err


def seed(name):
    with (PROJECT / "seeds" / "rules" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def inner(links):
    return [link for link in links if not urlsplit(link).scheme]


def leads_to(site, path, link):
    """The file and the anchor that a link on a page leads to."""
    target, anchor = urldefrag(link)
    file = site / path if not target else (site / path).parent / unquote(target)
    return file.resolve(), unquote(anchor)
