"""Commands that compute something again. Each imports what is heavy when it is called: `--help` is quick."""

import click

from kardashev.cli.options import (
    PATH,
    database_option,
    engine_option,
    json_option,
    landing_option,
    moment,
    project_option,
    published_option,
    rounds,
    workers_option,
)
from kardashev.printing import say
from kardashev.warehouse.environment import use_one_blas_thread


@click.command()
@click.option(
    "--round", "round_number", metavar="N", type=click.IntRange(min=0), help="a published round"
)
@click.option("--rounds", "bounds", metavar="A-B", type=rounds, help="rounds A to B")
@click.option(
    "--last", metavar="K", type=click.IntRange(min=1), help="the K newest published rounds"
)
@json_option
@project_option
@published_option
@landing_option
def audit(round_number, bounds, last, as_json, project, published, landing):
    """Verify what was published.

    A round is computed again from the landing along another way (numerai-tools and Clarabel, or plain
    numpy; none of the warehouse's SQL or kernels), and the largest gap of each part is printed. Named
    are: each file of the landing whose content is no longer what the round was made from, each rule row
    that applied and differs in seeds/rules/, and each published figure that is not the recomputed one.
    The landing and the published copy are read only; no warehouse is needed.

    \b
    examples:
      kardashev audit --round 812
      kardashev audit --rounds 803-812 --json
      kardashev audit --last 10 --published /backup/published.duckdb --landing /backup/landing

    Exit status: 0 when everything agrees to 1e-9, 1 when something differs, 2 when it cannot be asked:
    there is no published copy, or no such round.
    """
    if sum(asked is not None for asked in (round_number, bounds, last)) != 1:
        raise click.UsageError("give one of --round N, --rounds A-B and --last K.")
    use_one_blas_thread()
    from kardashev.inspection.audit.command import audit

    numbers = bounds if round_number is None else (round_number, round_number)
    return audit(published, landing, project, numbers, last, as_json, say)


@click.command()
@click.argument("file", metavar="FILE", type=PATH)
@click.option(
    "--round", "round_number", metavar="N", type=int, required=True, help="a landed round"
)
@click.option("--model", "model_id", metavar="M", required=True, help="the model's id")
@click.option("--received-at", metavar="ISO", type=moment, help="UTC without a zone (default: now)")
@json_option
@project_option
@database_option
@landing_option
def check(file, round_number, model_id, received_at, as_json, project, database, landing):
    """Check a file before it is sent.

    What would become of FILE as an upload of the model: its form, every contract, churn and turnover
    against the window beside their thresholds, exposures, the nearest model, and what of the landed stake
    would be at risk and why. Nothing is landed: the file is built beside what is, in a copy of the
    warehouse that is removed afterwards.

    \b
    examples:
      kardashev check mine.csv --round 812 --model alice
      kardashev check mine.csv --round 812 --model alice --json | jq .stake

    Exit status: 0 when it would be accepted with its stake at risk as it is landed, 1 when it would be
    quarantined or late, or its stake set to zero, 2 when the door would refuse it.
    """
    use_one_blas_thread()
    from kardashev.inspection.check import print_check

    return print_check(
        project, landing, database, file, round_number, model_id, received_at, as_json
    )


@click.command()
@click.argument("model_id", metavar="MODEL")
@click.option("--round", "round_number", metavar="N", type=int, required=True, help="a built round")
@json_option
@database_option
@landing_option
def contribution(model_id, round_number, as_json, database, landing):
    """Check a model's TC.

    The True Contribution of MODEL, an id, is compared with the portfolio's return recomputed, without any
    gradient: with its stake a little larger, and without it. The warehouse is read only; it holds the
    signals of rounds that are open, or that a later round's stability looks back at.

    \b
    example:
      kardashev contribution alice --round 812

    True Contribution is a mean over draws of stakes; the version `undropped` is the slope that a small
    move of the stake should show. A larger move crosses the edges of what the portfolio holds.
    """
    use_one_blas_thread()
    from kardashev.inspection.contribution import print_contribution_check

    print_contribution_check(database, landing, model_id, round_number, as_json)


@click.command()
@click.option("--from", "first", metavar="A", type=int, required=True, help="first round")
@click.option("--to", "last", metavar="B", type=int, required=True, help="last round")
@click.option(
    "--pay",
    "rules",
    metavar="RULE",
    multiple=True,
    required=True,
    help="a payout rule; once for each to compare",
)
@click.option(
    "--stakes",
    metavar="FILE",
    type=PATH,
    help="other stakes: model_id, stake_nmr and, if you like, round_number",
)
@click.option(
    "--out",
    metavar="FILE",
    type=PATH,
    help="write the result: a DuckDB file, or a folder for two Parquet files",
)
@click.option(
    "--publish",
    "is_landed",
    is_flag=True,
    help="land the result, for the next `dbt build` to publish",
)
@workers_option(1, "replays run at a time, each in a process of its own")
@engine_option
@json_option
@project_option
@database_option
@landing_option
def replay(
    first,
    last,
    rules,
    stakes,
    out,
    is_landed,
    workers,
    engine,
    as_json,
    project,
    database,
    landing,
):
    """Replay rounds as payouts compound.

    Payouts of built rounds compound into stakes, under each given rule, beside frozen stakes: does the
    meta model become better? Each model enters with its first landed stake of these rounds; after that
    only settled payouts move it, and what was added or withdrawn is left out. Who is at risk stays as it
    was. The warehouse is read only: the replay works in a copy of it, which is removed afterwards.

    \b
    examples:
      kardashev replay --from 760 --to 812 --pay house
      kardashev replay --from 760 --to 812 --pay house --pay signals_fnc_mmc --out replay.duckdb
      kardashev replay --from 760 --to 812 --pay house --pay signals_fnc_mmc --workers 3
      kardashev replay --from 760 --to 812 --pay house --publish
      kardashev replay --from 760 --to 812 --pay house --stakes mine.csv

    With --stakes nothing compounds: what would FILE's stakes have been paid in the place of the landed
    ones, and at whose cost? Who is at risk is judged again. Without round_number a stake is of each round.

    A rule is a row of seeds/rules/payout_rules.csv with its payout_terms, whatever its tournament and
    dates. To replay one that pays nowhere, add it under a tournament of its own. With --publish the
    result is landed in replayed_stakes/ and replayed_scores/, and the next `dbt build` publishes it in
    the marts fct_replayed_stakes and fct_replayed_scores. To take a replay out of them, remove its files.
    """
    if stakes is not None and is_landed:
        raise click.UsageError(
            "--stakes FILE and --publish: stakes that are tried are not published."
        )
    use_one_blas_thread()
    from kardashev.replay.command import replay

    replay(
        *(project, landing, database, first, last, rules, say, out, is_landed, stakes),
        *(workers, engine, as_json),
    )
