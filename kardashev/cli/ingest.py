"""Commands that take files as others have them into the landing."""

import click

from kardashev.cli.options import PATH, landing_option, project_option
from kardashev.errors import LandingError


@click.group()
def ingest():
    """Take in files as others have them.

    \b
    example:
      kardashev ingest history alice.json --tournament classic
    """


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
@landing_option
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
