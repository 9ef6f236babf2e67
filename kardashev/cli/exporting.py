"""Commands that write what is sent on. What is heavy is imported when it is called: `--help` is quick."""

import click

from kardashev.cli.options import PATH, Listed, landing_option, published_option
from kardashev.landing.tables import STOCK_IDENTIFIERS

output_option = click.option(
    "--output", metavar="FILE", type=PATH, help="a .csv or .parquet file (default: print CSV)"
)
round_option = click.option(
    "--round",
    "round_number",
    metavar="N",
    type=int,
    help="a published round (default: newest live)",
)


@click.group(cls=Listed)
def export():
    """Write files to send on, in Numerai's headers.

    CSV or Parquet: an upload or a meta model as a submission, a round's universe, and leaderboards and
    scores under the names that numerapi has for the same things.

    \b
    examples:
      kardashev export submission --model alice --output alice.csv
      kardashev export submission --meta-model SWMM --id composite_figi > swmm.csv
      kardashev export universe --round 812 --output universe.parquet
      kardashev export leaderboard --models --output leaderboard.csv
      kardashev export scores alice
    """


@export.command()
@click.option("--model", metavar="M", help="whose upload that counts")
@click.option("--meta-model", metavar="NAME", help="a meta model, as ranks, such as SWMM")
@round_option
@click.option(
    "--id",
    "id_type",
    metavar="TYPE",
    type=click.Choice([*STOCK_IDENTIFIERS, "id"]),
    help="what names the stocks (default: as it was sent, or Numerai's)",
)
@output_option
@published_option
@landing_option
def submission(model, meta_model, round_number, id_type, output, published, landing):
    """Write a submission.

    Two columns: an identifier and signal; where the identifier is id, id and prediction. Of a model, the
    upload that counts, as it was sent. Of a meta model its ranks, (average rank - 0.5)/n, so that they lie
    between 0 and 1. Both are read by `kardashev land`, and by the organiser.

    \b
    examples:
      kardashev export submission --model alice --round 812
      kardashev export submission --meta-model SWMM --output swmm.csv
    """
    if (model is None) == (meta_model is None):
        raise click.UsageError("--model M and --meta-model NAME: give one of them.")
    from kardashev.inspection import export as made

    rows = made.submission(published, landing, model, meta_model, round_number, id_type)
    made.write(rows, output)


@export.command()
@round_option
@output_option
@published_option
@landing_option
def universe(round_number, output, published, landing):
    """Write a round's universe.

    A row for each stock: its identifiers, date (the era), data_type, country, sector, as in live.parquet.

    \b
    examples:
      kardashev export universe
      kardashev export universe --round 812 --output universe.parquet
    """
    from kardashev.inspection import export as made

    made.write(made.universe(published, landing, round_number), output)


@export.command()
@click.option("--models", "whose", flag_value="models", help="of models (default: of accounts)")
@click.option("--score", metavar="S", help="the score that gives the ranks (default: mmc)")
@output_option
@published_option
def leaderboard(whose, score, output, published):
    """Write the newest leaderboard.

    The columns of numerapi's get_account_leaderboard that a mart has, such as username, rank, nmrStaked,
    mmc and return1y. Benchmarks and examples are left out.

    \b
    examples:
      kardashev export leaderboard --output leaderboard.csv
      kardashev export leaderboard --models --score alpha
    """
    from kardashev.inspection import export as made

    made.write(made.leaderboard(published, whose or "accounts", score), output)


@export.command()
@click.argument("model", metavar="MODEL")
@click.option(
    "--round", "round_number", metavar="N", type=int, help="one live round (default: all)"
)
@output_option
@published_option
def scores(model, round_number, output, published):
    """Write a model's scores.

    A row for each live round and official score, under the names of numerapi's
    round_model_performances_v2. MODEL is an id or a display name.

    \b
    examples:
      kardashev export scores alice --output alice.parquet
      kardashev export scores alice --round 812
    """
    from kardashev.inspection import export as made

    made.write(made.scores(published, model, round_number), output)
