"""Reports: the views of a model, a round, the fund or an upload as one HTML file, or in short as text.

The file needs nothing but itself: its charts are drawn here, as SVG, and it holds no script.
"""

import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from kardashev.dashboard import choices
from kardashev.dashboard.text import escaped, words
from kardashev.dashboard.views import diagnostics, fund, model, rounds
from kardashev.errors import SettingError, WarehouseError
from kardashev.printing import print_json, print_table, visible
from kardashev.warehouse.reading import named_model

WIDTH = 760  # pixels of a chart
DRAWS = "vl_convert"  # charts as SVG: Altair alone, which others bring, does not
MOST_ROWS = 200  # of a table in a file
ROWS_SAID, COLUMNS_SAID = 5, 7  # of a table in a terminal
STYLE = """
body {font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 860px; margin: 2em auto}
h1, h2 {line-height: 1.2; overflow-wrap: anywhere} h2 {margin-top: 2em}
.note {color: #666} .table {overflow-x: auto; max-height: 26em; overflow-y: auto}
table {border-collapse: collapse; font-size: 13px} svg {max-width: 100%; height: auto}
td, th {padding: .2em .7em; border-bottom: 1px solid #ddd; text-align: left; max-width: 26em}
td, th {overflow-wrap: anywhere}
td.number {text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap}
th {position: sticky; top: 0; background: #fff}
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1 dir="auto">{title}</h1>
<p class="note">{source}</p>
{sections}
</body>
</html>
"""


@dataclass(frozen=True)
class Report:
    """A title, and what is shown below it: views, and sentences where one cannot be read."""

    title: str
    views: list
    source: str


def model_report(published, name):
    """The report of a model, by its id or by its name.

    Raises
    ------
    WarehouseError
        When no model has this id, and not one alone has this name.
    """
    models = choices.models(published)
    model_id = named_model(models, name)
    every_series = choices.series(published, "model_series", model_id=model_id)
    series = every_series.get(choices.favourite(every_series), choices.NO_SERIES)
    of_series = (model.summary, model.cumulative_scores, model.scores_in_field, model.scores_by_age)
    others = (model.stakes, model.stability, model.payouts, model.neighbours)
    others += (model.true_contributions, model.evidence)
    views = [_made(make, published, model_id, series) for make in of_series]
    views += [_made(make, published, model_id) for make in others]
    return _report(published, f"Model {models[model_id]}", views, series)


def round_report(published, round_number):
    """The report of a round.

    Raises
    ------
    WarehouseError
        When no such round is published.
    """
    if str(round_number) not in choices.rounds(published):
        raise WarehouseError(
            f"round {round_number} is not published: it is not landed, or not built"
        )
    every_series = choices.series(published, "round_series", round_number=round_number)
    series = every_series.get(choices.favourite(every_series), choices.NO_SERIES)
    views = [_made(rounds.summary, published, round_number)]
    views += [
        _made(make, published, round_number, series) for make in (rounds.histogram, rounds.scores)
    ]
    others = (rounds.statuses, rounds.submissions, rounds.contracts, rounds.verdicts)
    others += (rounds.meta_scores, rounds.meta_models)
    views += [_made(make, published, round_number) for make in others]
    views.append(_made(rounds.correlations, published, round_number, series))
    return _report(published, f"Round {round_number}", views, series)


def fund_report(published):
    """The report of the fund, with its newest portfolio."""
    views = [_made(make, published) for make in (fund.returns, fund.sharpes, fund.drawdowns)]
    newest = next(iter(choices.rounds(published, "fund_rounds")), None)
    if newest is not None:
        views += [_made(make, published, int(newest)) for make in (fund.exposures, fund.holdings)]
    others = (fund.contributors, fund.meta_model_scores, fund.staked_models, fund.indicators)
    others += (fund.misplaced_stakes, fund.underrated_models)
    views += [_made(make, published) for make in others]
    return _report(
        published, "The fund" + (f", portfolio of round {newest}" if newest else ""), views
    )


def upload_report(published, model_id):
    """The report of a historical upload, by the series that it is scored on first of all.

    Raises
    ------
    WarehouseError
        When nothing of it is scored.
    """
    every_series = choices.series(published, "upload_series", model_id=model_id)
    if not every_series:
        raise WarehouseError(
            f"{model_id} has no diagnostics: no upload of it to a round of validation is accepted"
        )
    series = every_series[choices.favourite(every_series)]
    of_series = (diagnostics.eras, diagnostics.cumulative, diagnostics.drawdown)
    of_series += (diagnostics.autocorrelation,)
    views = [_made(make, published, model_id, series) for make in of_series]
    others = (diagnostics.exposures, diagnostics.summary)
    views += [_made(make, published, model_id) for make in others]
    return _report(published, f"Upload {model_id}", views, series)


def print_report(report, as_json=False):
    """Prints the first rows of the report's tables; as JSON every row."""
    if as_json:
        print_json(
            {
                "title": report.title,
                "source": report.source,
                "sections": list(map(_plain_section, report.views)),
            }
        )
        return
    print(f"{report.title}\n{report.source}")
    for view in report.views:
        if isinstance(view, WarehouseError):
            print(f"\n{view}")
        elif view.frame.empty:
            print(f"\n{view.title}: {view.nothing}")
        else:
            print(f"\n{view.title} ({len(view.frame):,} rows)")
            _print_frame(view.table)


def check_html(path):
    """Refuses, before work begins, a path that no report can be written to, and to draw with nothing.

    Raises
    ------
    SettingError
        When the file cannot be written, or what draws charts is not installed.
    """
    if find_spec(DRAWS) is None:
        raise SettingError(
            "what draws charts is not installed: run `make dashboard`, or "
            "`pip install 'kardashev[dashboard]'`"
        )
    if not path.parent.is_dir():
        raise SettingError(f"{path} cannot be written: there is no folder {path.parent}")
    if path.is_dir():
        raise SettingError(f"{path} cannot be written: it is a folder")


def write_html(report, path):
    """Writes the report as one file.

    Raises
    ------
    SettingError
        When the file cannot be written, or what draws charts is not installed.
    """
    path = Path(path)
    check_html(path)
    text = html(report)
    try:
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}") from error


def html(report):
    """The report as HTML."""
    sections = "\n".join(_section(view) for view in report.views)
    title = escaped(report.title)
    return PAGE.format(title=title, style=STYLE, source=escaped(report.source), sections=sections)


def _report(published, title, views, series=None):
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    source = f"From {published.path.name}, at {made} UTC."
    if series:
        source += f" Scores are {series['score']}, version {series['score_version']}."
    return Report(visible(title), views, source)


def _made(make_view, published, *chosen):
    try:
        return make_view(published, *chosen)
    except WarehouseError as error:
        return error


def _plain_section(view):
    """A view as JSON has it: its rows, or in their place why it cannot be read."""
    if isinstance(view, WarehouseError):
        return {"title": None, "rows": None, "problem": str(view)}
    return {"title": view.title, "rows": view.table.to_dict("records"), "problem": None}


def _section(view):
    if isinstance(view, WarehouseError):
        return f'<p class="note">{escaped(view)}.</p>'
    head = f"<h2>{escaped(view.title)}</h2>\n<p class='note'>{escaped(view.note)}</p>"
    if view.frame.empty:
        return f"{head}\n<p>{escaped(view.nothing)}</p>"
    drawn = "" if view.chart is None else _svg(view.chart)
    return f"{head}\n{drawn}\n{_table(view.table)}"


def _svg(chart):
    stream = io.StringIO()
    chart.properties(width=WIDTH).save(stream, format="svg")
    return stream.getvalue()


def _table(frame):
    shown = frame.head(MOST_ROWS)
    head = "".join(f"<th>{escaped(words(column))}</th>" for column in shown.columns)
    rows = "\n".join(
        f"<tr>{''.join(_cell(value) for value in row)}</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    more = len(frame) - len(shown)
    left = f"<p class='note'>{more:,} more rows are not shown.</p>" if more else ""
    return f"<div class='table'><table>\n<tr>{head}</tr>\n{rows}\n</table></div>{left}"


def _cell(value):
    text = _text(value)
    kind = " class='number'" if isinstance(value, int | float) else " dir='auto'"
    return f"<td{kind}>{escaped(text)}</td>"


def _text(value):
    if pd.isna(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5g}"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return visible(str(value))


def _print_frame(frame):
    if len(frame) == 1:
        facts = [(words(column), value) for column, value in frame.iloc[0].items()]
        print_table(None, facts, _text)
        return
    said = frame.iloc[:, :COLUMNS_SAID].head(ROWS_SAID)
    print_table(list(said.columns), list(said.itertuples(index=False, name=None)), _text)
