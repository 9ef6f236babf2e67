"""What people landed does not steer the terminal of whoever looks at it."""

import io
import json
import sys
from collections import Counter
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
from rich.cells import cell_len

from kardashev import cli
from kardashev.errors import MarketError
from kardashev.printing import print_json, print_table, visible, visible_lines

NAME = "Dr\x1b[2J Evil\r\u202e\x07\n  second line\x9b é 株"
VISIBLE = r"Dr\x1b[2J Evil\r\u202e\x07\n  second line\x9b é 株"


@pytest.mark.parametrize("value", [None, float("nan"), float("-inf"), pd.NaT])
def test_what_is_missing_or_infinite_is_null_in_json(value, capsys):
    print_json({"value": [value]})
    assert json.loads(capsys.readouterr().out) == {"value": [None]}


def test_what_steers_a_terminal_is_shown_as_its_escape():
    assert visible(NAME) == VISIBLE
    assert visible_lines(NAME) == VISIBLE.replace(r"\n", "\n")
    assert visible("plain – text") == "plain – text"


@pytest.mark.parametrize("kind", ["printed", "an error", "progress"])
def test_no_command_prints_what_steers_a_terminal(capsys, monkeypatch, tmp_path, kind):
    def write_market(progress, **_):
        if kind == "an error":
            raise MarketError(NAME)
        (progress if kind == "progress" else print)(NAME)
        return SimpleNamespace(
            rounds_added=0, rounds_known=0, rounds_skipped=0, target_days_added=0
        )

    stand_in = SimpleNamespace(write_market=write_market)
    monkeypatch.setitem(sys.modules, "kardashev.landing.market", stand_in)
    landing = str(tmp_path / "here\x1b")
    cli.main(["market", "--prices", "p", "--securities", "s", "--landing", landing])
    captured = capsys.readouterr()
    assert (captured.out + captured.err).replace("\n", "").isprintable()
    assert r"\x1b[2J Evil" in captured.out + captured.err


def test_a_name_with_line_breaks_stays_in_its_row_of_a_table(capsys):
    rows = duckdb.sql("select $name as model, 1 as rank", params={"name": NAME})
    print_table(rows.columns, rows.fetchall())
    assert capsys.readouterr().out.splitlines()[1:] == [f"  {VISIBLE}     1"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


WIDE = (
    ["model", "value", "why"],
    [
        (NAME, 1.25, "[red]no[/red] markup " + "and it goes on " * 6),
        ("株" * 10, -12, None),
        ("plain", None, "x" * 50),
    ],
)


def drawn(monkeypatch, columns):
    """The lines of a table on a terminal of so many columns."""
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    print_table(*WIDE)
    return sys.stdout.getvalue().splitlines()


def test_elsewhere_than_on_a_terminal_a_row_is_one_whole_line(capsys):
    print_table(*WIDE)
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["model", "value", "why"]
    assert [row.split()[-1] for row in rows] == ["on", "–", "x" * 50]
    assert all(row.isprintable() for row in rows)
    assert "[red]no[/red] markup" in rows[0]


def test_numbers_stand_to_the_right_under_each_other(capsys):
    print_table(["n", "name"], [(1, "a"), (None, "b"), (1000, "c")])
    assert capsys.readouterr().out == "     n  name\n     1  a\n     –  b\n  1000  c\n"


@pytest.mark.parametrize("columns", [100, 60, 40, 20])
def test_a_table_fits_its_terminal_and_loses_no_character(monkeypatch, capsys, columns):
    print_table(*WIDE)
    whole = Counter("".join(capsys.readouterr().out.split()))
    lines = drawn(monkeypatch, columns)
    assert max(map(cell_len, lines)) <= columns
    assert all(line.isprintable() for line in lines)
    assert Counter("".join("".join(lines).split())) >= whole
    for number in ("1.25", "-12"):
        assert any(number in line for line in lines)


def test_in_a_narrow_terminal_rows_stand_one_below_another(monkeypatch):
    assert drawn(monkeypatch, 60)[0].split() == ["model", "value", "why"]
    first = [line.split()[0] for line in drawn(monkeypatch, 30) if line.startswith("  value")]
    assert first == ["value"] * 3
