"""Commands that show what is built. Each imports what is heavy when it is called: `--help` is quick."""

import click

from kardashev.cli.options import (
    PATH,
    given,
    json_option,
    published_option,
)
from kardashev.errors import SettingError
from kardashev.printing import say


@click.command()
@published_option
def tour(published):
    """Look at the built warehouse.

    What happened to whom, who leads, where it is published, three queries to try.

    \b
    example:
      dbt build && kardashev tour
    """
    from kardashev.warehouse.tour import print_tour

    print_tour(published)


@click.command()
@click.argument("model_id", metavar="MODEL")
@json_option
@published_option
def diagnose(model_id, published, as_json):
    """Judge a model's past.

    How the uploads of MODEL, an id, to eras of validation did: every score, plain and neutralized, the
    worst eras, exposures, example models, and what it moves from era to era.

    \b
    examples:
      kardashev diagnose alice
      kardashev market --prices p.csv --securities s.csv --kind validation --from 2015-01-01
    """
    from kardashev.inspection.diagnosis import print_diagnosis

    print_diagnosis(published, model_id, as_json)


@click.command()
@click.argument("model", metavar="[MODEL]", required=False)
@click.option("--round", "round_number", metavar="N", type=int, help="a published round")
@click.option("--fund", "is_fund", is_flag=True, help="the fund")
@click.option(
    "--html", metavar="FILE", type=PATH, help="write it here (default: print it in short)"
)
@published_option
def report(model, round_number, is_fund, html, published):
    """Report on a model, a round or the fund.

    MODEL is an id or a display name. The report is printed in short, or with --html it is one file with
    tables and charts, which opens anywhere, offline.

    \b
    examples:
      kardashev report alice
      kardashev report alice --html alice.html
      kardashev report --round 812 --html round_812.html
      kardashev report --fund --html fund.html
    """
    if sum((model is not None, round_number is not None, is_fund)) != 1:
        raise click.UsageError("say what to report on: MODEL, --round N or --fund, one of them.")
    try:
        from kardashev.dashboard import report as made
    except ModuleNotFoundError as error:
        raise SettingError(
            f"reports need {error.name}: run `make dashboard`, or `pip install 'kardashev[dashboard]'`"
        ) from error
    from kardashev.dashboard.published import Published

    copy = Published(published)
    copy.check()
    if is_fund:
        shown = made.fund_report(copy)
    elif model is not None:
        shown = made.model_report(copy, model)
    else:
        shown = made.round_report(copy, round_number)
    if html is None:
        made.print_report(shown)
    else:
        made.write_html(shown, html)
        print(f"{shown.title}: written to {html}")


@click.command()
@click.option(
    "--port", metavar="N", type=click.IntRange(min=1), help="where it listens (default: 8501)"
)
@click.option(
    "--address", metavar="A", help="of this machine (default: 127.0.0.1, for nobody else)"
)
@published_option
def dashboard(published, **options):
    """Look at all of it in a browser.

    Leaderboards, models, rounds, the fund, diagnostics, replays, over the published copy. It listens on
    this machine only, unless --address says otherwise; whoever can reach it can read all that is
    published. A new publication shows at the next click. `make dashboard` installs what it needs.

    \b
    examples:
      kardashev dashboard
      kardashev dashboard --port 8600 --published /data/published.duckdb
    """
    from kardashev.dashboard.serve import serve

    serve(published, say=say, **given(options))
