"""Who leads: models, accounts and seasons."""

from kardashev.dashboard import charts
from kardashev.dashboard.choices import SPANS
from kardashev.dashboard.views.view import view

ORDERED = (
    "The mean of final scores over {span}, of the rounds resolved by the day. Stakes are those of the newest "
    "closed round; of them, at risk is what no rule zeroed."
)


def models(published, score, as_of_date, span, search=""):
    """The leaderboard of models."""
    asked = {"score": score, "as_of_date": as_of_date, "span": span, "search": search}
    return view(
        "Models",
        ORDERED.format(span=SPANS[span]) + " Select a row to open the model.",
        published.read("leaderboard_models", **asked),
        lambda frame: charts.ranked_bars(frame, "model", "reputation", most=20),
        nothing="No model has a place here: another score, day or search may have some.",
        opens="model",
    )


def accounts(published, score, as_of_date, span, search=""):
    """The leaderboard of accounts."""
    asked = {"score": score, "as_of_date": as_of_date, "span": span, "search": search}
    return view(
        "Accounts",
        ORDERED.format(span=SPANS[span]) + " An account's models are weighted by stake.",
        published.read("leaderboard_accounts", **asked),
        lambda frame: charts.ranked_bars(frame, "account", "reputation", most=20),
        nothing="No account has a place here: another score, day or search may have some.",
    )


def seasons(published, season, score, search=""):
    """The leaderboard of a season, with its titles."""
    return view(
        "Seasons",
        "A season is a calendar year. Its score is the sum of the account's round scores over the number of "
        "rounds; a round without one counts as zero. A title needs enough qualified rounds.",
        published.read("leaderboard_seasons", season=season, score=score, search=search),
        lambda frame: charts.ranked_bars(frame, "account_id", "season_score", most=20),
        nothing="No account has a place in this season.",
    )


def model_ranks(published, score, as_of_date):
    """How the ranks of today's first ten came about."""
    return view(
        "Ranks of the first ten models",
        "Ranks by the reputation of one year, on the thirty days up to the chosen one.",
        published.read("leaderboard_models_history", score=score, as_of_date=as_of_date),
        lambda frame: charts.lines(frame, "rank", "as_of_date", "model", is_rank=True),
    )


def account_ranks(published, score, as_of_date):
    """The same of accounts."""
    return view(
        "Ranks of the first ten accounts",
        "Ranks by the reputation of one year, on the thirty days up to the chosen one.",
        published.read("leaderboard_accounts_history", score=score, as_of_date=as_of_date),
        lambda frame: charts.lines(frame, "rank", "as_of_date", "account", is_rank=True),
    )
