"""Commands that land files made elsewhere. What is heavy is imported when it is called."""

import click

from kardashev.cli.options import (
    EXIT_ERROR,
    PATH,
    Listed,
    day,
    given,
    landing_folder_option,
    project_option,
)
from kardashev.errors import LandingError, MappingError
from kardashev.printing import Progress, say
from kardashev.warehouse.environment import use_one_blas_thread


def column_of(text):
    """A target and its column, as cyrus_20=target_ender_20."""
    name, equals, column = text.partition("=")
    if not (name and equals and column):
        raise click.BadParameter(f"{text!r} is no target and column, as cyrus_20=target_ender_20.")
    return name, column


def choices(command):
    """The options that every shape has."""
    options = (
        click.option(
            "--eras",
            metavar="N",
            type=click.IntRange(min=1),
            help="the N newest (default: 52 that have a target)",
        ),
        click.option("--from", "era_from", metavar="D", type=day, help="first era (default: none)"),
        click.option("--to", "era_to", metavar="D", type=day, help="last era (default: none)"),
        click.option(
            "--cadence",
            type=click.Choice(["weekly", "daily"]),
            help="weekly: the last era of a week (default); daily: every one",
        ),
        click.option(
            "--live-from",
            metavar="D",
            type=day,
            help="eras from D on are rounds of kind live, so that leaderboards rank them",
        ),
        click.option(
            "--predictions",
            metavar="FILE",
            type=PATH,
            multiple=True,
            help="a file of your own for these eras, named for its model; may be repeated",
        ),
        click.option(
            "--target",
            "targets",
            metavar="T=COLUMN",
            type=column_of,
            multiple=True,
            help="take target T from COLUMN; may be repeated",
        ),
        landing_folder_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def of_live(command):
    """The options of a shape that has a file for the open round."""
    number = click.option(
        "--round",
        "round_number",
        metavar="N",
        type=int,
        help="the number of the round of live.parquet",
    )
    era = click.option("--era-date", metavar="D", type=day, help="the era of live.parquet")
    train = click.option("--train", "has_train", is_flag=True, help="land the eras of train too")
    return train(number(era(command)))


@click.group(cls=Listed)
def ingest():
    """Land files made elsewhere.

    Files as numerapi downloads them, or files of any shape with a mapping of their columns, become landed
    tables: rounds, universe, factors, neutralizers, targets, and uploads of example and benchmark models.
    The next `dbt build` scores them. After a run that was cut short, say the same command: rounds that are
    landed are passed over, and get only what they lack, as a target that has come since. `history` lands
    rounds that were scored elsewhere.

    \b
    examples:
      kardashev ingest signals signals/v2.1
      kardashev ingest classic v5.0 --features medium --eras 104
      kardashev ingest mapped files/ --mapping landing.yml
    """


@ingest.command()
@click.argument("folder", metavar="DIR", type=PATH)
@choices
@of_live
def signals(folder, landing, **options):
    """Land Numerai Signals' files.

    DIR holds validation.parquet, and what there is of train.parquet, live.parquet, their _neutralizer,
    _sample_weights and _example_preds. Landed are the 52 newest weekly eras of validation that have a
    target, with all features; --eras, --from, --to, --cadence and --train choose others. live.parquet
    becomes an open round.

    \b
    examples:
      kardashev ingest signals signals/v2.1
      kardashev ingest signals signals/v2.1 --from 2020-01-03 --predictions mine.parquet
      kardashev ingest signals signals/v2.1 --live-from 2026-01-02 --round 1190
    """
    return _ingest_shape("signals", folder, landing, options)


@ingest.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--features",
    metavar="SET",
    help="which become factors: a set of features.json, all or none (default: small)",
)
@choices
@of_live
def classic(folder, landing, **options):
    """Land the main tournament's files.

    DIR holds validation.parquet and features.json, and what there is of train.parquet, live.parquet, their
    _example_preds and _benchmark_models, and meta_model.parquet. Landed are the 52 newest eras of
    validation that have a target, with the features of the set small; --eras, --from, --to, --train and
    --features choose others. Era 1 is 2003-01-10, and each next one a week later. live.parquet does not
    say its era: it is landed with --era-date.

    \b
    examples:
      kardashev ingest classic v5.0
      kardashev ingest classic v5.3 --target cyrus_20=target_ender_20 --predictions mine.parquet
      kardashev ingest classic v5.0 --features none --eras 200 --live-from 2026-01-02
    """
    return _ingest_shape("classic", folder, landing, options)


@ingest.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--mapping",
    metavar="FILE",
    type=PATH,
    help="which columns become what (default: landing.yml in DIR)",
)
@click.option("--features", metavar="SET", help="a feature set, all or none (default: all)")
@choices
def mapped(folder, mapping, landing, **options):
    """Land files of any shape.

    A mapping says which files of DIR, Parquet or CSV, become which landed tables, and from which of their
    columns. Each of its faults is a line, and nothing is landed then.

    \b
    examples:
      kardashev ingest mapped files/
      kardashev ingest mapped files/ --mapping crowdcent.yml --cadence daily --eras 90
    """
    from kardashev.landing.ingest import MAPPING_FILE, read_mapping

    try:
        read = read_mapping(mapping or folder / MAPPING_FILE)
    except MappingError as error:
        for line in str(error).splitlines():
            say(f"kardashev: {line}")
        return EXIT_ERROR
    return _ingest(read, folder, landing, {"features": options.pop("features") or "all"} | options)


@ingest.command()
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option(
    "--tournament", metavar="T", required=True, help="classic or signals: its rules apply"
)
@click.option("--account", "account_id", metavar="A", help="the account of the models")
@click.option(
    "--model", "model_id", metavar="M", help="of a file that names none (default: the file's name)"
)
@project_option
@landing_folder_option
def history(files, tournament, account_id, model_id, project, landing):
    """Take in rounds that were scored elsewhere.

    What numerapi returns of a model's rounds: `round_model_performances_v2`, or the older
    `round_model_performances`; as JSON, a list or lists by model, or its rows as Parquet or CSV. Rounds,
    models, stakes with multipliers, and scores are landed, and `dbt build` pays and ranks them. What is
    taken in again, or later, adds to it and corrects it.

    \b
    examples:
      kardashev ingest history alice.json bob.json --tournament classic --account ada
      kardashev ingest history rounds.parquet --tournament signals
    """
    from kardashev.landing.performances.command import land_performances

    if model_id is not None and len(files) > 1:
        raise LandingError("--model is the model of one file: give one")
    seeds = project / "seeds" / "rules"
    receipt = land_performances(landing, seeds, files, tournament, account_id, model_id)
    landed = ", ".join(f"{count:,} of {name}/" for name, count in receipt.rows.items())
    print(f"landed rows: {landed}; the rounds that are resolved paid {receipt.payout_nmr:,.2f} NMR")
    for what, count in sorted(receipt.left_out.items()):
        print(f"left out {count:,} of {what}")


def _ingest_shape(name, folder, landing, options):
    from kardashev.landing.ingest import shape

    return _ingest(shape(name), folder, landing, options)


def _ingest(mapping, folder, landing, options):
    use_one_blas_thread()
    from kardashev.landing.ingest import Choices, ingest

    options["targets"] = dict(options["targets"])
    with Progress("eras", "landed before") as progress:
        asked = Choices(begin=progress.begin, **given(options))
        summary = ingest(folder, landing, mapping, asked)
    for line in summary.passed_over:
        say(f"passed over {line}")
    for line in summary.notes:
        say(line)
    print(
        f"{summary.rounds_added:,} rounds and {summary.uploads_added:,} uploads added to {landing} "
        f"({summary.rounds_known:,} rounds landed before, {summary.rounds_completed:,} completed); "
        "next: dbt build"
    )
