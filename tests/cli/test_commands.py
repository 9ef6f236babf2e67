"""The command line: results on standard output, one line for an error, exit status 0, 2 or 130."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from kardashev import cli
from kardashev.cli import options
from kardashev.errors import MarketError
from kardashev.printing import say

COMMANDS = [command.name for command in cli.COMMANDS]
GOOD = "ticker,signal\nAAPL,0.25\n"
LAND = ["--round", "812", "--model", "alice"]
IN_TIME = ["--received-at", "2024-01-07T00:00:00Z"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with a landing of one round, and a good file beside it."""
    rounds = tmp_path / "landing" / "rounds"
    rounds.mkdir(parents=True)
    (rounds / "rounds.csv").write_text(
        "tournament,round_number,kind,era_date,open_at,close_at\n"
        "house,812,live,2024-01-05,2024-01-06 12:00:00,2024-01-08 14:00:00\n"
    )
    (tmp_path / "mine.csv").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KARDASHEV_LANDING", raising=False)
    monkeypatch.delenv("KARDASHEV_PUBLISHED", raising=False)
    monkeypatch.delenv("DBT_PROJECT_DIR", raising=False)
    return tmp_path


@pytest.fixture
def calls(monkeypatch):
    """What the commands hand to the modules behind them, which need not be there."""
    taken = {}

    def stand_in(module, function, result=None):
        def take(*values, **options):
            taken[function] = (values, options)
            return result

        monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{function: take}))

    summary = SimpleNamespace(
        rounds_added=3, rounds_known=2, rounds_skipped=1, target_days_added=40
    )
    stand_in("kardashev.landing.market", "write_market", summary)
    stand_in(
        "kardashev.landing.demo", "write_demo", SimpleNamespace(market=summary, uploads_added=36)
    )
    stand_in("kardashev.warehouse.tour", "print_tour")
    return taken


def test_no_command_prints_help(capsys):
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    listed = printed.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    assert all(f"\n    {status} " in printed for status in (0, 1, 2, 130))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command, capsys):
    assert cli.main([command, "--help"]) == 0
    assert f"\n    kardashev {command}" in capsys.readouterr().out.replace("dbt build && ", "")


@pytest.mark.parametrize(
    "command",
    [
        *(f"ingest {name}" for name in cli.ingesting.ingest.commands),
        *(f"export {name}" for name in cli.exporting.export.commands),
    ],
)
def test_every_command_below_another_has_help_with_examples(command, capsys):
    assert cli.main([*command.split(), "--help"]) == 0
    assert f"\n    kardashev {command}" in capsys.readouterr().out


def test_version_is_printed(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("kardashev ")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from kardashev.cli import main; main([]); "
        "sys.exit(any(name in sys.modules for name in ('duckdb', 'pyarrow', 'numpy', 'rich', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("argv", "cause"),
    [
        (["fly"], "No such command 'fly'"),
        (["land", "mine.csv", "--model", "alice"], "--round"),
        (["land", "mine.csv", "--round", "812"], "--model"),
        (["land", "mine.csv", "--round", "x", "--model", "alice"], "'x' is not a valid integer"),
        (["land", "mine.csv", *LAND, "--received-at", "noon"], "'noon' is not a time"),
        (
            ["land", "mine.csv", *LAND, "--received-at", "9999-12-31T23:59:59-05:00"],
            "is not a time",
        ),
        (["market", "--securities", "s.csv"], "--prices"),
        (["market", "--prices", "p", "--securities", "s", "--from", "2024-02-30"], "is not a day"),
        (["market", "--prices", "p", "--securities", "s", "--cadence", "hourly"], "hourly"),
        (["ingest", "hyperspace", "files"], "No such command 'hyperspace'"),
        (["ingest", "signals"], "DIR"),
        (["ingest", "signals", "files", "--target", "cyrus_20"], "is no target and column"),
        (["ingest", "classic", "files", "--eras", "0"], "0 is not in the range x>=1"),
        (["export", "submission"], "give one of them"),
        (["export", "submission", "--model", "a", "--id", "isin"], "isin"),
        (["export", "scores"], "MODEL"),
        (["contribution", "alice"], "--round"),
        (["contribution", "--round", "812"], "MODEL"),
        (["audit"], "give one of --round N, --rounds A-B and --last K"),
        (["audit", "--rounds", "9-4"], "'9-4' ends before it begins"),
        (["audit", "--rounds", "9"], "'9' is no range of rounds, as 803-812"),
        (["audit", "--round", "9", "--last", "1"], "give one of --round N"),
        (["audit", "--last", "0"], "0 is not in the range x>=1"),
        (["demo", "--stocks", "0"], "0 is not in the range x>=1"),
        (["demo", "--seed", "-1"], "-1 is not in the range x>=0"),
        (["scores"], "MODEL"),
        (["scores", "alice", "--round", "1", "--last", "2"], "give one of them"),
        (["completion", "csh"], "csh"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_wrong_arguments_exit_with_2(folder, capsys, argv, cause):
    assert cli.main(argv) == 2
    captured = capsys.readouterr()
    assert cause in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_land_prints_where_the_file_was_landed(folder, capsys):
    assert cli.main(["land", "mine.csv", *LAND, *IN_TIME]) == 0
    path = Path("landing/submissions/000812/alice/20240107T000000000000Z.parquet")
    assert capsys.readouterr().out == f"landed 1 rows by ticker in {path}\n"
    assert path.exists()


def test_land_says_that_a_file_is_late(folder, capsys):
    assert cli.main(["land", "mine.csv", *LAND, "--received-at", "2024-01-09"]) == 0
    assert capsys.readouterr().out.endswith(", after the close of round 812: becomes `late`\n")


def test_a_refused_file_is_one_line_and_exit_status_2(folder):
    (folder / "mine.csv").write_text("ticker,signal\nAAPL,high\n")
    code = "import sys; from kardashev.cli import main; sys.exit(main(sys.argv[1:]))"
    argv = [sys.executable, "-c", code, "land", "mine.csv", *LAND, *IN_TIME]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "kardashev: mine.csv: row 1: signal 'high' is not a number; "
        "write a number, or leave the cell empty\n"
    )
    assert [path.name for path in (folder / "landing").iterdir()] == ["rounds"]


def test_landing_comes_from_option_then_environment_then_project(folder, capsys, monkeypatch):
    argv = ["land", "mine.csv", *LAND, *IN_TIME]
    (folder / "landing").rename(folder / "elsewhere")
    assert cli.main(argv) == 2
    assert cli.main([*argv, "--landing", "elsewhere"]) == 0
    monkeypatch.setenv("KARDASHEV_LANDING", "elsewhere")
    assert cli.main(argv) == 0
    assert cli.main([*argv, "--landing", "nowhere"]) == 2
    assert "kardashev: nowhere/rounds holds no rounds" in capsys.readouterr().err


def test_places_of_the_environment_hang_below_the_project_as_they_do_for_dbt(
    folder, calls, capsys, monkeypatch
):
    (folder / "dbt_project.yml").touch()
    below = folder / "notes" / "today"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    for value in (None, "landing", str(folder / "landing")):
        if value:
            monkeypatch.setenv("KARDASHEV_LANDING", value)
        assert cli.main(["demo"]) == 0
        assert calls["write_demo"][1]["landing"] == folder / "landing"
    assert cli.main(["demo", "--landing", "mine"]) == 0
    assert calls["write_demo"][1]["landing"] == Path("mine")
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("DBT_PROJECT_DIR", str(folder))
    assert cli.main(["tour"]) == 0
    assert calls["print_tour"] == ((folder / "warehouse" / "published.duckdb",), {})


@pytest.mark.parametrize("variable", ["KARDASHEV_LANDING", "KARDASHEV_PUBLISHED"])
def test_an_empty_variable_is_refused_and_never_the_folder_itself(
    folder, calls, capsys, monkeypatch, variable
):
    monkeypatch.setenv(variable, "")
    assert cli.main(["demo" if variable == "KARDASHEV_LANDING" else "tour"]) == 2
    assert capsys.readouterr().err == (
        f"kardashev: {variable} is empty: unset it, or give a path\n"
    )
    assert calls == {}


def test_time_of_receipt_is_read_in_any_zone_and_utc_without_one():
    expected = datetime(2024, 1, 7, tzinfo=UTC)
    for text in ("2024-01-07", "2024-01-07T00:00:00Z", "2024-01-07T09:00+09:00"):
        assert options.moment(text) == expected


def test_market_hands_on_what_is_given_and_nothing_else(folder, calls, capsys):
    argv = ["market", "--prices", "p.csv", "--securities", "s.csv"]
    assert cli.main(argv) == 0
    given = {
        "landing": Path("landing"),
        "prices": Path("p.csv"),
        "securities": Path("s.csv"),
        "progress": say,
    }
    assert calls["write_market"] == ((), given)
    assert capsys.readouterr().out == (
        "3 rounds and 40 target days added to landing (2 rounds landed before, 1 skipped)\n"
    )
    options = "--from 2024-01-05 --to 2024-02-02 --cadence daily --tournament signals"
    assert (
        cli.main([*argv, *options.split(), "--min-price", "2", "--min-dollar-volume", "5e5"]) == 0
    )
    assert calls["write_market"][1] == given | {
        "era_from": date(2024, 1, 5),
        "era_to": date(2024, 2, 2),
        "cadence": "daily",
        "tournament": "signals",
        "min_price": 2.0,
        "min_dollar_volume": 500_000.0,
    }


def test_demo_hands_on_what_is_given_and_nothing_else(folder, calls, capsys):
    given = {"landing": Path("landing"), "progress": say}
    assert cli.main(["demo"]) == 0
    assert calls["write_demo"] == ((), given)
    assert capsys.readouterr().out == "3 rounds and 36 uploads added to landing; next: dbt build\n"
    assert cli.main(["demo", "--seed", "7", "--stocks", "300", "--rounds", "20"]) == 0
    assert calls["write_demo"][1] == given | {"seed": 7, "stocks": 300, "rounds": 20}
    assert cli.main(["demo", "--prices", "p.csv", "--securities", "s.csv"]) == 0
    files = {"prices": Path("p.csv"), "securities": Path("s.csv")}
    assert calls["write_demo"][1] == given | files


def test_tour_takes_the_published_file_of_the_environment(folder, calls, monkeypatch):
    assert cli.main(["tour"]) == 0
    assert calls["print_tour"] == ((Path("warehouse/published.duckdb"),), {})
    monkeypatch.setenv("KARDASHEV_PUBLISHED", "shown.duckdb")
    assert cli.main(["tour"]) == 0
    assert calls["print_tour"] == ((Path("shown.duckdb"),), {})


@pytest.mark.parametrize(
    ("error", "status", "printed"),
    [
        (MarketError("two\nlines"), 2, "kardashev: two lines\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=["an error of ours", "interrupted"],
)
def test_errors_of_ours_are_one_line_and_an_interruption_is_quiet(
    folder, capsys, monkeypatch, error, status, printed
):
    def fail(**_):
        raise error

    monkeypatch.setitem(sys.modules, "kardashev.landing.market", SimpleNamespace(write_market=fail))
    assert cli.main(["market", "--prices", "p", "--securities", "s"]) == status
    assert capsys.readouterr().err == printed


def test_progress_goes_to_standard_error(capsys):
    say("halfway")
    assert capsys.readouterr() == ("", "halfway\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_its_completion(capsys, monkeypatch, shell):
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_KARDASHEV_COMPLETE={shell}_complete" in script
    assert re.search(r"\bkardashev\b", script)
    monkeypatch.setenv("_KARDASHEV_COMPLETE", f"{shell}_source")
    assert cli.main([]) == 0
    assert capsys.readouterr().out == script


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("kardashev sc", "plain,scores"), ("kardashev market --cadence d", "plain,daily")],
)
def test_commands_options_and_choices_are_completed(capsys, monkeypatch, typed, completed):
    monkeypatch.setenv("_KARDASHEV_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    assert cli.main([]) == 0
    assert capsys.readouterr().out == f"{completed}\n"
