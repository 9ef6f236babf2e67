"""What people landed does not steer the terminal of whoever looks at it."""

import sys
from types import SimpleNamespace

import duckdb
import pytest

from kardashev import cli
from kardashev.errors import MarketError
from kardashev.printing import print_table, visible, visible_lines

NAME = "Dr\x1b[2J Evil\r\u202e\x07\n  second line\x9b é 株"
VISIBLE = r"Dr\x1b[2J Evil\r\u202e\x07\n  second line\x9b é 株"


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
