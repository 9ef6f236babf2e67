"""Commands that write into the landing. Each imports what is heavy when it is called: `--help` is quick."""

import os

import click

from kardashev.cli.options import (
    EXIT_ERROR,
    PATH,
    day,
    given,
    landing_folder_option,
    landing_option,
    moment,
)
from kardashev.errors import LandingError
from kardashev.printing import Progress, say
from kardashev.warehouse.environment import use_one_blas_thread

kind_option = click.option(
    "--kind",
    type=click.Choice(["live", "validation"]),
    help="validation: eras for diagnostics (default: live)",
)


@click.command()
@click.argument("file", metavar="FILE", type=PATH)
@click.option(
    "--round", "round_number", metavar="N", type=int, required=True, help="a landed round"
)
@click.option("--model", "model_id", metavar="M", help="the model's id; not with a folder")
@click.option("--received-at", metavar="ISO", type=moment, help="UTC without a zone (default: now)")
@landing_option
def land(file, round_number, model_id, received_at, landing):
    """Land a participant's file.

    Check the form of FILE, CSV or Parquet, told apart by content, and land it; or refuse it with the
    reason. Of a folder, do so with every file: each is named for its model, as alice.csv.

    It has one id column (numerai_ticker, composite_figi, bloomberg_ticker, sedol, cusip or ticker, with
    prediction or signal; or id, with prediction or probability), and may have friday_date or date (the
    round's era) and data_type. What its values are worth is judged when the warehouse is built.

    \b
    examples:
      kardashev land mine.csv --round 812 --model alice
      kardashev land mine.parquet --round 812 --model alice --received-at 2024-01-06T14:00:00Z
      kardashev land uploads/ --round 812

    A file received after the round's close is landed and becomes `late`. Where files of a folder are
    refused, the others are landed and the exit status is 2. After a run that was cut short, say the same
    command with the time that it printed as --received-at: what is landed is not landed twice.
    """
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

    with Progress("files", "refused") as progress:

        def begin(files, submitted_at):
            say(f"{files:,} files of {folder}, received at {submitted_at.isoformat()}")
            return progress.begin(files)

        receipt = land_folder(landing, folder, round_number, received_at, begin)
    for line in receipt.passed_over:
        say(f"passed over {line}")
    for line in receipt.refused:
        say(f"kardashev: {line}")
    late = f", after the close of round {round_number}: become `late`" if receipt.is_late else ""
    print(
        f"landed {receipt.landed:,} files, {receipt.rows:,} rows, in {receipt.path}{late} "
        f"({receipt.landed_before:,} landed before, {len(receipt.refused):,} refused, "
        f"{len(receipt.passed_over):,} passed over)"
    )
    return EXIT_ERROR if receipt.refused else 0


@click.command()
@landing_folder_option
def compact(landing):
    """Make one file of a closed round's many.

    The submission files of each closed round become one: smaller, and read faster. No row changes, so no
    round becomes due. Files that cannot be read, or would lose something, are named and left: status 2.

    \b
    example:
      kardashev compact

    A run that was cut short loses nothing: run it again. Not during a build, which would fail and say so.
    """
    from kardashev.landing.compaction import compact

    with Progress("rounds", "files left") as progress:
        result = compact(landing, begin=progress.begin)
    for path, why in result.left.items():
        say(f"kardashev: {path} is left as it is: {why}")
    print(
        f"compacted {result.rounds:,} rounds: {result.files:,} files with {result.rows:,} rows "
        f"became {result.rounds:,} files ({len(result.left):,} left)"
    )
    return EXIT_ERROR if result.left else 0


@click.command()
@click.option(
    "--prices", metavar="FILE", type=PATH, required=True, help="daily prices, CSV or Parquet"
)
@click.option(
    "--securities",
    metavar="FILE",
    type=PATH,
    required=True,
    help="identifiers, country, sector, CSV or Parquet",
)
@click.option("--from", "era_from", metavar="D", type=day, help="first era (default: two years)")
@click.option("--to", "era_to", metavar="D", type=day, help="last era (default: the last price)")
@click.option(
    "--cadence",
    type=click.Choice(["weekly", "daily"]),
    help="rounds a week or a day (default: weekly)",
)
@click.option("--tournament", metavar="NAME", help="whose rules apply (default: house)")
@kind_option
@click.option("--min-price", metavar="X", type=float, help="lowest close (default: 1)")
@click.option(
    "--min-dollar-volume", metavar="X", type=float, help="lowest daily (default: 1,000,000)"
)
@landing_folder_option
def market(landing, **options):
    """Make tables from prices.

    The operator's tables (rounds, universe, factors, neutralizers, targets) are made from daily prices.
    Run it again when there are newer prices: only new rounds and new target days are written.

    \b
    examples:
      kardashev market --prices prices.parquet --securities securities.parquet
      kardashev market --prices p.csv --securities s.csv --from 2023-01-06 --cadence daily
    """
    use_one_blas_thread()
    from kardashev.landing.market import write_market

    summary = write_market(landing=landing, progress=say, **given(options))
    print(
        f"{summary.rounds_added} rounds and {summary.target_days_added} target days added to "
        f"{landing} ({summary.rounds_known} rounds landed before, {summary.rounds_skipped} skipped)"
    )


@click.command()
@click.option("--prices", metavar="FILE", type=PATH, help="daily prices, CSV or Parquet")
@click.option(
    "--securities", metavar="FILE", type=PATH, help="identifiers, country, sector, CSV or Parquet"
)
@click.option("--seed", metavar="N", type=click.IntRange(min=0), help="of every random draw")
@click.option(
    "--stocks", metavar="N", type=click.IntRange(min=1), help="made-up stocks (default: 300)"
)
@click.option(
    "--rounds", metavar="N", type=click.IntRange(min=1), help="rounds of them (default: 40)"
)
@kind_option
@click.option("--from", "era_from", metavar="D", type=day, help="first era, with --prices")
@landing_folder_option
def demo(landing, **options):
    """Land a market to play with.

    It is small, with participants: on the prices given, or on made-up ones.

    \b
    examples:
      kardashev demo
      kardashev demo --stocks 300 --rounds 20 --seed 7 --landing /tmp/landing
    """
    use_one_blas_thread()
    from kardashev.landing.demo import write_demo

    summary = write_demo(landing=landing, progress=say, **given(options))
    print(
        f"{summary.market.rounds_added} rounds and {summary.uploads_added} uploads added to "
        f"{landing}; next: dbt build"
    )
