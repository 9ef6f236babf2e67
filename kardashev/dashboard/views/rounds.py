"""One round: how it went, who took part, who was refused and why."""

from kardashev.dashboard import charts
from kardashev.dashboard.views.view import view


def summary(published, round_number):
    """The round in one row."""
    return view(
        "The round in one row",
        "Submissions by status, and what was at risk, paid and burned.",
        published.read("round_summary", round_number=round_number),
        nothing="No round of this number is published.",
    )


def scores(published, round_number, series):
    """Every model's score."""
    return view(
        "Scores of the models",
        "The newest score of each model in the round. Select a row to open the model.",
        published.read("round_scores", round_number=round_number, **series),
        lambda frame: charts.ranked_bars(frame, "model", "value", "state", most=15),
        nothing="The round has no score of this series.",
        opens="model",
    )


def histogram(published, round_number, series):
    """How scores are distributed."""
    return view(
        "Distribution of scores",
        "The number of models by score: all, and those with a stake at risk.",
        published.read("round_histogram", round_number=round_number, **series),
        charts.histogram,
        nothing="The round has no score of this series.",
    )


def statuses(published, round_number):
    """What became of submissions."""
    return view(
        "Submissions by status",
        "Accepted ones count. Quarantined ones broke a contract; missing ones were never sent.",
        published.read("round_statuses", round_number=round_number),
        lambda frame: charts.ranked_bars(frame, "status", "models"),
        nothing="The round has no submission.",
    )


def submissions(published, round_number):
    """Each submission, refused ones first."""
    return view(
        "Submissions, with reasons",
        "Those that do not count come first. Select a row to open the model.",
        published.read("round_submissions", round_number=round_number),
        nothing="The round has no submission.",
        opens="model",
    )


def meta_models(published, round_number):
    """How far the meta models moved."""
    return view(
        "Meta models",
        "Largest churn and turnover against the rounds of the window, beside the mean of the "
        "members'.",
        published.read("round_meta_models", round_number=round_number),
        lambda frame: charts.heat_map(frame, "figure", "meta_model", "value"),
        nothing="No meta model of the round can be compared with an earlier one.",
    )


def meta_scores(published, round_number):
    """The meta model's scores day by day."""
    return view(
        "The meta model's scores, day by day",
        "SWMM scored as if it were a participant's signal, and the return of the portfolio made "
        "from it.",
        published.read("round_meta_scores", round_number=round_number),
        lambda frame: charts.bars(frame, "score_day", "swmm_corr_v4", "state", kind="O"),
        nothing="The round has no portfolio, or no return yet.",
    )


def contracts(published, round_number):
    """How many expectations held."""
    return view(
        "Contracts",
        "Expectations of the round's tables and uploads, judged before anything was computed.",
        published.read("round_contracts", round_number=round_number),
        lambda frame: charts.ranked_bars(frame, "contract", "verdicts", "verdict"),
        nothing="No contract was judged in this round.",
    )


def verdicts(published, round_number):
    """What was broken, and what to do about it."""
    return view(
        "Broken expectations",
        "A broken one of scope `round` refuses the round; of `submission`, one upload; a "
        "`notice` nothing.",
        published.read("round_verdicts", round_number=round_number),
        nothing="Every expectation of the round held.",
    )


def correlations(published, round_number, series):
    """How alike the largest stakes score."""
    return view(
        "The largest stakes, in pairs",
        "Correlation of the final scores of the ten largest stakes, over up to sixty rounds "
        "until this one.",
        published.read("round_correlations", round_number=round_number, **series),
        lambda frame: charts.heat_map(frame, "model", "other_model", "correlation", is_signed=True),
        nothing="Fewer than three final rounds with stakes: correlations need more.",
    )
