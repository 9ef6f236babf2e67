"""The arguments of every command."""

import argparse
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kardashev.cli import commands as run
from kardashev.cli import texts
from kardashev.warehouse.environment import DATABASE, DEFAULTS, LANDING, PUBLISHED

PLACES = {"landing": LANDING, "database": DATABASE, "published": PUBLISHED}


def make_parser() -> argparse.ArgumentParser:
    """The arguments of every command; an option not given is left to the command's own default."""
    parser = argparse.ArgumentParser(
        prog="kardashev", description=texts.DESCRIPTION, **_text(texts.EPILOG)
    )
    parser.add_argument("--version", action="version", version=f"kardashev {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    add = _adder(
        commands, "land", run.land, "land a participant's file", texts.LAND, texts.LAND_EPILOG
    )
    add("file", metavar="FILE", type=Path, help="CSV or Parquet, told apart by content; a folder")
    add("--round", dest="round_number", metavar="N", type=int, required=True, help="a landed round")
    add("--model", dest="model_id", metavar="M", help="the model's id; not with a folder")
    add("--received-at", metavar="ISO", type=_moment, help="UTC without a zone (default: now)")
    _add_place(add, "landing", "DIR")

    help_texts = (texts.COMPACT, texts.COMPACT_EPILOG)
    add = _adder(
        commands, "compact", run.compact, "make one file of a closed round's many", *help_texts
    )
    _add_place(add, "landing", "DIR")

    add = _adder(
        commands, "market", run.market, "make tables from prices", texts.MARKET, texts.MARKET_EPILOG
    )
    _add_prices(add, required=True)
    add("--from", dest="era_from", metavar="D", type=_day, help="first era (default: two years)")
    add("--to", dest="era_to", metavar="D", type=_day, help="last era (default: the last price)")
    add("--cadence", choices=("weekly", "daily"), help="rounds a week or a day (default: weekly)")
    add("--tournament", metavar="NAME", help="whose rules apply (default: house)")
    _add_kind(add)
    add("--min-price", metavar="X", type=float, help="lowest close (default: 1)")
    add("--min-dollar-volume", metavar="X", type=float, help="lowest daily (default: 1,000,000)")
    _add_place(add, "landing", "DIR")

    add = _adder(
        commands, "demo", run.demo, "land a market to play with", texts.DEMO, texts.DEMO_EPILOG
    )
    _add_prices(add, required=False)
    add("--seed", metavar="N", type=_count_from(0), help="of every random draw")
    add("--stocks", metavar="N", type=_count_from(1), help="stocks in the universe")
    add("--rounds", metavar="N", type=_count_from(1), help="rounds to land")
    _add_kind(add)
    add("--from", dest="era_from", metavar="D", type=_day, help="first era, with --prices")
    _add_place(add, "landing", "DIR")

    add = _adder(
        commands, "tour", run.tour, "look at the built warehouse", texts.TOUR, texts.TOUR_EPILOG
    )
    _add_place(add, "published", "FILE")

    help_texts = (texts.DIAGNOSE, texts.DIAGNOSE_EPILOG)
    add = _adder(commands, "diagnose", run.diagnose, "judge a model's past", *help_texts)
    add("model_id", metavar="MODEL", help="the model's id")
    _add_place(add, "published", "FILE")

    help_texts = (texts.CONTRIBUTION, texts.CONTRIBUTION_EPILOG)
    add = _adder(commands, "contribution", run.contribution, "check a model's TC", *help_texts)
    add("model_id", metavar="MODEL", help="the model's id")
    add("--round", dest="round_number", metavar="N", type=int, required=True, help="a built round")
    _add_place(add, "database", "FILE")
    _add_place(add, "landing", "DIR")

    help_texts = (texts.REPLAY, texts.REPLAY_EPILOG)
    add = _adder(commands, "replay", run.replay, "replay rounds as payouts compound", *help_texts)
    add("--from", dest="first", metavar="A", type=int, required=True, help="first round")
    add("--to", dest="last", metavar="B", type=int, required=True, help="last round")
    add(
        "--pay",
        dest="rules",
        metavar="RULE",
        action="append",
        required=True,
        help="a payout rule; once for each to compare",
    )
    add(
        "--out",
        metavar="FILE",
        type=Path,
        default=None,
        help="write the result: a DuckDB file, or a folder for two Parquet files",
    )
    add(
        "--publish",
        dest="is_landed",
        action="store_true",
        default=False,
        help="land the result, for the next `dbt build` to publish",
    )
    _add_project(add)
    _add_place(add, "database", "FILE")
    _add_place(add, "landing", "DIR")

    help_texts = (texts.AUDIT, texts.AUDIT_EPILOG)
    _add_audit(_parser(commands, "audit", run.audit, "verify what was published", *help_texts))

    help_texts = (texts.DASHBOARD, texts.DASHBOARD_EPILOG)
    add = _adder(
        commands, "dashboard", run.dashboard, "look at all of it in a browser", *help_texts
    )
    add("--port", metavar="N", type=_count_from(1), help="where it listens (default: 8501)")
    add("--address", metavar="A", help="of this machine (default: 127.0.0.1, for nobody else)")
    _add_place(add, "published", "FILE")

    help_texts = (texts.REPORT, texts.REPORT_EPILOG)
    add = _adder(
        commands, "report", run.report, "a model, a round or the fund as a file", *help_texts
    )
    add("model", metavar="MODEL", nargs="?", help="a model's id or name")
    add("--round", dest="round_number", metavar="N", type=int, help="a published round")
    add("--fund", dest="is_fund", action="store_true", help="the fund")
    add("--html", metavar="FILE", type=Path, help="write it here (default: print it in short)")
    _add_place(add, "published", "FILE")
    return parser


def _add_audit(parser):
    add = parser.add_argument
    rounds = parser.add_mutually_exclusive_group(required=True)
    rounds.add_argument(
        "--round", dest="rounds", metavar="N", type=_single_round, help="a published round"
    )
    rounds.add_argument("--rounds", metavar="A-B", type=_rounds, help="rounds A to B")
    rounds.add_argument(
        "--last", metavar="K", type=_count_from(1), help="the K newest published rounds"
    )
    add("--json", dest="as_json", action="store_true", default=False, help="print it as JSON")
    _add_project(add)
    _add_place(add, "published", "FILE")
    _add_place(add, "landing", "DIR")


def _adder(commands, name, command, summary, description, epilog):
    return _parser(commands, name, command, summary, description, epilog).add_argument


def _parser(commands, name, command, summary, description, epilog):
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        argument_default=argparse.SUPPRESS,
        **_text(epilog),
    )
    parser.set_defaults(command=command)
    return parser


def _text(epilog):
    return {"epilog": epilog, "formatter_class": argparse.RawDescriptionHelpFormatter}


def _add_place(add, name, metavar):
    variable = PLACES[name]
    default = f"(default: {variable}, or {DEFAULTS[variable]} of the project)"
    add(f"--{name}", metavar=metavar, type=Path, default=None, help=default)


def _add_project(add):
    help_text = "the dbt project (default: here, or the nearest above)"
    add("--project-dir", dest="project", metavar="DIR", type=Path, default=None, help=help_text)


def _add_prices(add, required):
    for name, what in (("prices", "daily prices"), ("securities", "identifiers, country, sector")):
        add(
            f"--{name}",
            metavar="FILE",
            type=Path,
            required=required,
            help=f"{what}, CSV or Parquet",
        )


def _add_kind(add):
    choices = ("live", "validation")
    add("--kind", choices=choices, help="validation: eras for diagnostics (default: live)")


def _version():
    try:
        return version("kardashev")
    except PackageNotFoundError:
        return "(not installed)"


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, as 2024-01-05") from error


def _moment(text):
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        message = f"{text!r} is not a time, as 2024-01-06T14:00:00Z"
        raise argparse.ArgumentTypeError(message) from error


def _single_round(text):
    number = _count_from(0)(text)
    return number, number


def _rounds(text):
    first, dash, last = text.partition("-")
    bounds = (first, last)
    if not dash or not all(bound.isascii() and bound.isdigit() for bound in bounds):
        raise argparse.ArgumentTypeError(f"{text!r} is no range of rounds, as 803-812")
    if int(first) > int(last):
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins")
    return int(first), int(last)


def _count_from(least):
    def count(text):
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} up")
        return int(text)

    return count
