"""Commands that show what is built. Each imports what is heavy when it is called: `--help` is quick."""

import sys
from pathlib import Path

import click

from kardashev.cli.options import (
    PATH,
    database_option,
    form_options,
    given,
    json_option,
    landing_option,
    project_option,
    published_option,
)
from kardashev.errors import SettingError
from kardashev.printing import TABLE, say
from kardashev.warehouse.environment import use_one_blas_thread
from kardashev.warehouse.lake import Lake


@click.command()
@json_option
@landing_option
@database_option
@published_option
def status(landing, database, published, as_json):
    """Show what is landed, due and built.

    Files of the landing by folder; files that are new or changed since the last build; rounds that are
    open, final, not built or refused, and why; when the warehouse and its published copy were written,
    and how large they are. Nothing is written. What is missing is said and is no error. A changed rule or
    formula makes rounds due too: that `dbt build` alone finds out.

    \b
    examples:
      kardashev status
      kardashev status --json | jq '.due.files_new'
    """
    from kardashev.inspection.status import print_status

    print_status(landing, database, published, as_json)


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
@click.argument("model", metavar="MODEL")
@click.option("--score", metavar="S", help="every version of one score (default: official scores)")
@click.option("--round", "round_number", metavar="N", type=int, help="one round, of any kind")
@click.option(
    "--last", metavar="K", type=click.IntRange(min=1), help="the K newest live rounds (default: 10)"
)
@form_options
@published_option
def scores(model, score, round_number, last, form, published):
    """Show a model's scores by round.

    MODEL is an id or a display name. Of each score the newest day is shown: `final` when its target is
    whole, `running` before. The percentile is among all models of the round, or among those at risk.

    \b
    examples:
      kardashev scores alice
      kardashev scores alice --score mmc --last 50 --csv
      kardashev scores alice --round 812 --json
    """
    if round_number is not None and last is not None:
        raise click.UsageError("--round N and --last K: give one of them.")
    from kardashev.inspection.scores import print_scores

    print_scores(published, model, score, round_number, last, form or TABLE)


@click.command()
@click.argument("sql", metavar="[SQL]", default="-")
@form_options
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=0),
    help="rows at most (default: 100 of a table, else all)",
)
@click.option(
    "--closed",
    "closed_round",
    metavar="N",
    type=click.IntRange(min=0),
    help="of a lake: the marts as they were published when round N had closed",
)
@published_option
def query(sql, form, limit, closed_round, published):
    """Ask the published copy in SQL.

    One statement in DuckDB's SQL, from standard input where SQL is `-` or left out. It can only read, and
    only the published copy: no other file, no network. JSON and CSV are printed as rows come.

    \b
    examples:
      kardashev query "select model_id, value from fct_scores where score = 'mmc' limit 5"
      kardashev query --csv 'from leaderboard_models' > leaderboard.csv
      kardashev query --json < question.sql
    """
    from kardashev.inspection.query import print_query

    text = sys.stdin.read() if sql == "-" else sql
    print_query(published, text, form or TABLE, limit, closed_round)


@click.command()
@click.argument("model", metavar="MODEL|FILE")
@json_option
@click.option("--html", metavar="OUT", type=PATH, help="write it here, too: one file with charts")
@project_option
@published_option
@database_option
@landing_option
def diagnose(model, as_json, html, project, published, database, landing):
    """Judge a model's past.

    How the uploads of MODEL, an id, to eras of validation did: every score, plain and neutralized, the
    worst eras, exposures, example models, and what it moves from era to era.

    Of a FILE, whose name ends in .csv or .parquet, the same, without sending it: rows as in an upload,
    each with its era in `date`. It is built beside what is landed, in a copy of the warehouse that is
    removed afterwards.

    \b
    examples:
      kardashev diagnose alice
      kardashev diagnose mine.parquet
      kardashev diagnose mine.parquet --html mine.html
      kardashev market --prices p.csv --securities s.csv --kind validation --from 2015-01-01
    """
    from kardashev.inspection.diagnosis import diagnosed, print_diagnosis
    from kardashev.landing.layouts import format_of

    if html:
        made = _reports()
        made.check_html(html)

    def show(place, model_id):
        print_diagnosis(place, model_id, as_json)
        if html:
            made.write_html(made.upload_report(_copy(place), model_id), html)
            say(f"written to {html}")

    if format_of(model) is None:
        show(published, model)
        return
    use_one_blas_thread()
    with diagnosed(project, landing, database, Path(model)) as (place, model_id):
        show(place, model_id)


def _reports():
    """What makes reports, if it is installed."""
    try:
        from kardashev.dashboard import report
    except ModuleNotFoundError as error:
        raise SettingError(
            f"reports need {error.name}: run `make dashboard`, or `pip install 'kardashev[dashboard]'`"
        ) from error
    return report


def _copy(path):
    from kardashev.dashboard.published import Published

    copy = Published(path)
    copy.check()
    return copy


@click.command()
@click.argument("model", metavar="[MODEL]", required=False)
@click.option("--round", "round_number", metavar="N", type=int, help="a published round")
@click.option("--fund", "is_fund", is_flag=True, help="the fund")
@click.option(
    "--html", metavar="FILE", type=PATH, help="write it here (default: print it in short)"
)
@json_option
@published_option
def report(model, round_number, is_fund, html, as_json, published):
    """Report on a model, a round or the fund.

    MODEL is an id or a display name. The report is printed in short, or whole with --json; with --html it
    is one file with tables and charts, which opens anywhere, offline.

    \b
    examples:
      kardashev report alice
      kardashev report alice --html alice.html
      kardashev report --round 812 --html round_812.html
      kardashev report --fund --html fund.html
    """
    if sum((model is not None, round_number is not None, is_fund)) != 1:
        raise click.UsageError("say what to report on: MODEL, --round N or --fund, one of them.")
    if html and as_json:
        raise click.UsageError("--html FILE and --json: give one of them.")
    made, copy = _reports(), _copy(published)
    if html:
        made.check_html(html)
    if is_fund:
        shown = made.fund_report(copy)
    elif model is not None:
        shown = made.model_report(copy, model)
    else:
        shown = made.round_report(copy, round_number)
    if html is None:
        made.print_report(shown, as_json)
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


@click.command()
@project_option
@published_option
def docs(project, published):
    """Write the documentation as a site.

    A folder of pages that opens in a browser without a network: the pages of docs/, dbt's page of tables and
    columns, and what Great Expectations expects. `make docs` runs this after dbt has written its page.

    \b
    example:
      kardashev docs
    """
    from kardashev.site.pages import write_site

    tables, folder = project / "target" / "static_index.html", project / "target" / "site"
    copy = published if isinstance(published, Lake) or published.is_file() else None
    print(write_site(project, tables, copy, folder))
