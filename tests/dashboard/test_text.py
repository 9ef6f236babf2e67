"""Strangers' names stay text: to Markdown, to HTML, to a spreadsheet."""

import csv as reader
import io

import mistune
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_copies import HOSTILE

from kardashev.dashboard.text import csv, escaped, plain, short, words

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1
)


@given(name=TEXT | st.sampled_from([name for name in HOSTILE if name.isprintable()]))
def test_a_name_in_markdown_is_shown_as_it_is(name):
    rendered = mistune.html(f"Model {plain(name)}.")
    assert rendered == f"<p>Model {mistune.escape(name)}.</p>\n"


@given(name=TEXT | st.sampled_from(HOSTILE))
def test_a_name_in_html_opens_no_tag(name):
    assert not set("<>\"'") & set(escaped(name))


def cells(frame):
    return list(reader.reader(io.StringIO(csv(frame).decode(), newline="")))[1:]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "  ="])
def test_a_cell_that_a_spreadsheet_would_compute_begins_with_an_apostrophe(sign):
    assert cells(pd.DataFrame({"model": [f"{sign}1+1"]})) == [[f"'{sign}1+1"]]


def test_a_cell_stays_on_its_line():
    assert cells(pd.DataFrame({"model": ["\r=1+1\n"]})) == [["\\r=1+1\\n"]]


def test_other_cells_are_what_they_are():
    frame = pd.DataFrame(
        {"model": ["Compass", "a,b", 'say "x"', None], "value": [-1.5, 2.0, float("nan"), 0.1]}
    )
    assert cells(frame) == [
        *(["Compass", "-1.5"], ["a,b", "2.0"], ['say "x"', ""], ["", "0.1"]),
    ]


def test_names_are_cut_where_they_are_long():
    assert short("x" * 300) == "x" * 59 + "…"
    assert short("Compass") == "Compass"


@pytest.mark.parametrize(
    ("column", "read"),
    [
        ("at_risk_nmr", "At risk, NMR"),
        ("mean_tc", "Mean TC"),
        ("model_id", "Model ID"),
        ("era_date", "Era date"),
    ],
)
def test_columns_are_named_in_words(column, read):
    assert words(column) == read
