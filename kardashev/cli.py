"""The command line. Results go to standard output, progress and errors to standard error.

Exit status: 0 done; 2 a `KardashevError` or a wrong argument; 130 interrupted.
"""

import argparse
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kardashev.errors import KardashevError, LandingError
from kardashev.printing import Progress, VisibleStream
from kardashev.warehouse.environment import (
    DATABASE,
    DEFAULTS,
    LANDING,
    PUBLISHED,
    place,
    project_folder,
)

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
PLACES = {"landing": LANDING, "database": DATABASE, "published": PUBLISHED}

DESCRIPTION = """\
Score a crowd-sourced hedge fund: land files here, then run `dbt build`."""

EPILOG = """\
examples:
  kardashev demo                                 a small market to play with
  kardashev land mine.csv --round 812 --model alice
  kardashev land --help

environment:
  KARDASHEV_LANDING    folder of the landed files (default: landing)
  KARDASHEV_DB         the warehouse (default: warehouse/kardashev.duckdb)
  KARDASHEV_PUBLISHED  the published warehouse (default: warehouse/published.duckdb)

Relative paths of the environment, and defaults, hang below the dbt project: here, or the nearest
folder above that has a dbt_project.yml. Paths given as options are taken from here.
"""

LAND = """\
Check the form of a participant's file, CSV or Parquet, and land it; or refuse it with the reason. Of a
folder, do so with every file: each is named for its model, as alice.csv.
It has one id column (numerai_ticker, composite_figi, bloomberg_ticker, sedol, cusip or ticker, with
prediction or signal; or id, with prediction or probability), and may have friday_date or date (the
round's era) and data_type. What its values are worth is judged when the warehouse is built."""

LAND_EPILOG = """\
examples:
  kardashev land mine.csv --round 812 --model alice
  kardashev land mine.parquet --round 812 --model alice --received-at 2024-01-06T14:00:00Z
  kardashev land uploads/ --round 812

A file received after the round's close is landed and becomes `late`. Where files of a folder are refused,
the others are landed and the exit status is 2. After a run that was cut short, say the same command with
the time that it printed as --received-at: what is landed is not landed twice.
"""

COMPACT = """\
Make one file of the submission files of each closed round: smaller, and read faster. No row changes, so
no round becomes due. Files that cannot be read, or would lose something, are named and left: status 2."""

COMPACT_EPILOG = """\
example:
  kardashev compact

A run that was cut short loses nothing: run it again. Not during a build, which would fail and say so.
"""

MARKET = """\
Make the operator's tables (rounds, universe, factors, neutralizers, targets) from daily prices. Run
it again when there are newer prices: only new rounds and new target days are written."""

MARKET_EPILOG = """\
examples:
  kardashev market --prices prices.parquet --securities securities.parquet
  kardashev market --prices prices.csv --securities securities.csv --from 2023-01-06 --cadence daily
"""

DEMO = """\
Land a small market with participants to play with: on the prices given, or on made-up ones."""

DEMO_EPILOG = """\
examples:
  kardashev demo
  kardashev demo --stocks 300 --rounds 20 --seed 7 --landing /tmp/landing
"""

TOUR = """\
Show what the built warehouse holds: first scores, where it is published, three queries to try."""

TOUR_EPILOG = """\
example:
  dbt build && kardashev tour
"""

CONTRIBUTION = """\
Compare a model's True Contribution with the portfolio's return recomputed, without any gradient: with
its stake a little larger, and without it. The warehouse is read only; it holds the signals of rounds
that are open, or that a later round's stability looks back at."""

CONTRIBUTION_EPILOG = """\
example:
  kardashev contribution alice --round 812

True Contribution is a mean over draws of stakes; the version `undropped` is the slope that a small
move of the stake should show. A larger move crosses the edges of what the portfolio holds.
"""


REPLAY = """\
Replay built rounds with payouts compounding into stakes, under each given rule, beside frozen stakes:
does the meta model become better? Each model enters with its first landed stake of these rounds; after
that only settled payouts move it, and what was added or withdrawn is left out. Who is at risk stays as
it was. The warehouse is read only: the replay works in a copy of it, which is removed afterwards."""

REPLAY_EPILOG = """\
examples:
  kardashev replay --from 760 --to 812 --pay house
  kardashev replay --from 760 --to 812 --pay house --pay signals_fnc_mmc --out replay.duckdb
  kardashev replay --from 760 --to 812 --pay house --publish

A rule is a row of seeds/rules/payout_rules.csv with its payout_terms, whatever its tournament and dates.
To replay one that pays nowhere, add it under a tournament of its own. With --publish the result is landed
in replayed_stakes/ and replayed_scores/, and the next `dbt build` publishes it in the marts
fct_replayed_stakes and fct_replayed_scores. To take a replay out of them, remove its files.
"""


def main(argv=None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : list of str, the process's arguments when None

    Returns
    -------
    The exit status.

    Raises
    ------
    SystemExit
        From argparse: 0 for ``--help`` and ``--version``, 2 for wrong arguments.
    """
    # Whatever a command prints may quote what people landed, so all of it goes through one door.
    with redirect_stdout(VisibleStream(sys.stdout)), redirect_stderr(VisibleStream(sys.stderr)):
        return _run(argv)


def _run(argv):
    parser = make_parser()
    options = vars(parser.parse_args(argv))
    command = options.pop("command", None)
    if command is None:
        parser.print_help()
        return 0
    try:
        return command(**_with_places(options)) or 0
    except KardashevError as error:
        print(f"kardashev: {' '.join(str(error).splitlines())}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader, head say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _with_places(options):
    """The options, with the environment's places for those that are not given."""
    project = options.get("project") or project_folder()
    places = {
        name: place(PLACES[name], project)
        for name, given in options.items()
        if name in PLACES and given is None
    }
    if "project" in options:
        places["project"] = project
    return options | places


def progress(message: str) -> None:
    """Print a line about a long command's progress."""
    print(message, file=sys.stderr, flush=True)


# Heavy modules are imported where they are used: --help and wrong arguments answer at once.


def land(file, round_number, landing, model_id=None, received_at=None):
    from kardashev.landing.door import Door

    if os.path.isdir(file):  # noqa: PTH112 (Path.is_dir raises where a name is too long)
        if model_id is not None:
            raise LandingError(f"{file} is a folder, its files are named for models: no --model")
        return _land_folder(file, round_number, landing, received_at)
    if model_id is None:
        raise LandingError(f"{file} is no folder: say whose file it is, with --model")
    receipt = Door(landing).land(file, round_number, model_id, received_at)
    late = f", after the close of round {round_number}: becomes `late`" if receipt.is_late else ""
    print(f"landed {receipt.rows:,} rows by {receipt.id_type} in {receipt.path}{late}")
    return 0


def _land_folder(folder, round_number, landing, received_at):
    from kardashev.landing.door import land_folder

    def begin(files, submitted_at):
        progress(f"{files:,} files of {folder}, received at {submitted_at.isoformat()}")
        return Progress(files, "files", "refused", sys.stderr)

    receipt = land_folder(landing, folder, round_number, received_at, begin)
    for line in receipt.passed_over:
        progress(f"passed over {line}")
    for line in receipt.refused:
        progress(f"kardashev: {line}")
    late = f", after the close of round {round_number}: become `late`" if receipt.is_late else ""
    print(
        f"landed {receipt.landed:,} files, {receipt.rows:,} rows, in {receipt.path}{late} "
        f"({receipt.landed_before:,} landed before, {len(receipt.refused):,} refused, "
        f"{len(receipt.passed_over):,} passed over)"
    )
    return EXIT_ERROR if receipt.refused else 0


def compact(landing):
    from kardashev.landing.compaction import compact

    result = compact(
        landing, begin=lambda rounds: Progress(rounds, "rounds", "files left", sys.stderr)
    )
    for path, why in result.left.items():
        progress(f"kardashev: {path} is left as it is: {why}")
    print(
        f"compacted {result.rounds:,} rounds: {result.files:,} files with {result.rows:,} rows "
        f"became {result.rounds:,} files ({len(result.left):,} left)"
    )
    return EXIT_ERROR if result.left else 0


def market(**options):
    _use_one_blas_thread()
    from kardashev.landing.market import write_market

    summary = write_market(progress=progress, **options)
    print(
        f"{summary.rounds_added} rounds and {summary.target_days_added} target days added to "
        f"{options['landing']} ({summary.rounds_known} rounds landed before, "
        f"{summary.rounds_skipped} skipped)"
    )


def demo(**options):
    _use_one_blas_thread()
    from kardashev.landing.demo import write_demo

    summary = write_demo(progress=progress, **options)
    print(
        f"{summary.market.rounds_added} rounds and {summary.uploads_added} uploads added to "
        f"{options['landing']}; next: dbt build"
    )


def tour(published):
    from kardashev.warehouse.tour import print_tour

    print_tour(published)


def contribution(model_id, round_number, landing, database):
    _use_one_blas_thread()
    from kardashev.inspection.contribution import print_contribution_check

    print_contribution_check(database, landing, model_id, round_number)


def replay(first, last, rules, landing, database, project, out, is_landed):
    _use_one_blas_thread()
    from kardashev.replay.command import replay

    replay(project, landing, database, first, last, rules, progress, out, is_landed)


def _use_one_blas_thread():
    """Rounds are small matrices: two threads take longer over one than one does. Before numpy loads."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def make_parser() -> argparse.ArgumentParser:
    """The arguments of every command; an option not given is left to the command's own default."""
    parser = argparse.ArgumentParser(prog="kardashev", description=DESCRIPTION, **_text(EPILOG))
    parser.add_argument("--version", action="version", version=f"kardashev {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    add = _adder(commands, "land", land, "land a participant's file", LAND, LAND_EPILOG)
    add("file", metavar="FILE", type=Path, help="CSV or Parquet, told apart by content; a folder")
    add("--round", dest="round_number", metavar="N", type=int, required=True, help="a landed round")
    add("--model", dest="model_id", metavar="M", help="the model's id; not with a folder")
    add("--received-at", metavar="ISO", type=_moment, help="UTC without a zone (default: now)")
    _add_place(add, "landing", "DIR")

    texts = (COMPACT, COMPACT_EPILOG)
    add = _adder(commands, "compact", compact, "make one file of a closed round's many", *texts)
    _add_place(add, "landing", "DIR")

    add = _adder(commands, "market", market, "make tables from prices", MARKET, MARKET_EPILOG)
    _add_prices(add, required=True)
    add("--from", dest="era_from", metavar="D", type=_day, help="first era (default: two years)")
    add("--to", dest="era_to", metavar="D", type=_day, help="last era (default: the last price)")
    add("--cadence", choices=("weekly", "daily"), help="rounds a week or a day (default: weekly)")
    add("--tournament", metavar="NAME", help="whose rules apply (default: house)")
    add("--min-price", metavar="X", type=float, help="lowest close (default: 1)")
    add("--min-dollar-volume", metavar="X", type=float, help="lowest daily (default: 1,000,000)")
    _add_place(add, "landing", "DIR")

    add = _adder(commands, "demo", demo, "land a market to play with", DEMO, DEMO_EPILOG)
    _add_prices(add, required=False)
    add("--seed", metavar="N", type=_count_from(0), help="of every random draw")
    add("--stocks", metavar="N", type=_count_from(1), help="stocks in the universe")
    add("--rounds", metavar="N", type=_count_from(1), help="rounds to land")
    _add_place(add, "landing", "DIR")

    add = _adder(commands, "tour", tour, "look at the built warehouse", TOUR, TOUR_EPILOG)
    _add_place(add, "published", "FILE")

    texts = (CONTRIBUTION, CONTRIBUTION_EPILOG)
    add = _adder(commands, "contribution", contribution, "check a model's TC", *texts)
    add("model_id", metavar="MODEL", help="the model's id")
    add("--round", dest="round_number", metavar="N", type=int, required=True, help="a built round")
    _add_place(add, "database", "FILE")
    _add_place(add, "landing", "DIR")

    texts = (REPLAY, REPLAY_EPILOG)
    add = _adder(commands, "replay", replay, "replay rounds as payouts compound", *texts)
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
    add(
        "--project-dir",
        dest="project",
        metavar="DIR",
        type=Path,
        default=None,
        help="the dbt project (default: here, or the nearest above)",
    )
    _add_place(add, "database", "FILE")
    _add_place(add, "landing", "DIR")
    return parser


def _adder(commands, name, command, summary, description, epilog):
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        argument_default=argparse.SUPPRESS,
        **_text(epilog),
    )
    parser.set_defaults(command=command)
    return parser.add_argument


def _text(epilog):
    return {"epilog": epilog, "formatter_class": argparse.RawDescriptionHelpFormatter}


def _add_place(add, name, metavar):
    variable = PLACES[name]
    default = f"(default: {variable}, or {DEFAULTS[variable]} of the project)"
    add(f"--{name}", metavar=metavar, type=Path, default=None, help=default)


def _add_prices(add, required):
    for name, what in (("prices", "daily prices"), ("securities", "identifiers, country, sector")):
        add(
            f"--{name}",
            metavar="FILE",
            type=Path,
            required=required,
            help=f"{what}, CSV or Parquet",
        )


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


def _count_from(least):
    def count(text):
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} up")
        return int(text)

    return count
