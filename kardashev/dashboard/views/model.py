"""One model: what it scored, whether it may stake, what it earned, how near it is to others."""

from kardashev.dashboard import charts
from kardashev.dashboard.views.view import view

NO_SCORES = "The model has no score of this series: its submissions may not have been accepted."


def summary(published, model_id, series):
    """The model in one row."""
    return view(
        "The model in one row",
        "Rank and reputation are those of the chosen score on the newest day; the stake is the "
        "newest round's.",
        published.read("model_summary", model_id=model_id, score=series["score"]),
        nothing="No model of this id is registered.",
    )


def cumulative_scores(published, model_id, series):
    """The running sum of scores."""
    return view(
        "Cumulative score",
        "The sum of the rounds' newest scores. Running ones still move, final ones do not unless "
        "a target is revised.",
        published.read("model_scores", model_id=model_id, **series),
        lambda frame: (
            charts.bars(frame, "era_date", "value", "state") + charts.lines(frame, "cumulative")
        ),
        is_history=True,
        nothing=NO_SCORES,
    )


def scores_in_field(published, model_id, series):
    """Scores by round, against the field's."""
    return view(
        "Scores in the field",
        "The band holds the middle eighty per cent of all models of the round; the dashed line "
        "is the median.",
        published.read("model_fields", model_id=model_id, **series),
        lambda frame: charts.values_in_band(
            frame, "lowest_tenth", "highest_tenth", "value", "middle", "state"
        ),
        is_history=True,
        nothing=NO_SCORES,
    )


def scores_by_age(published, model_id, series):
    """Whether the signal decays."""
    return view(
        "Is it decaying?",
        "The mean final score of each ten rounds since the model's first one, and 1.96 standard "
        "errors about it. "
        "Targets of neighbouring rounds overlap, so the true errors are larger.",
        published.read("model_ages", model_id=model_id, **series),
        lambda frame: charts.values_with_errors(
            frame, "from_round", "mean_score", "low", "high", "Q"
        ),
        nothing=NO_SCORES,
    )


def stability(published, model_id):
    """Churn and turnover against their thresholds."""
    return view(
        "Churn and turnover",
        "The largest of each round's window. At its threshold (dashed) or above, nothing of the "
        "stake is at risk.",
        published.read("model_stability", model_id=model_id),
        charts.figures_and_thresholds,
        is_history=True,
        nothing="No two submissions of the model can be compared yet.",
    )


def stakes(published, model_id):
    """The stake, and why it was not at risk."""
    return view(
        "Stake",
        "The stake at the close of each round, and what of it was at risk; `Zeroed reason` says "
        "why none was.",
        published.read("model_stakes", model_id=model_id),
        lambda frame: charts.many_lines(frame, ["stake_nmr", "at_risk_nmr"], "NMR"),
        is_history=True,
        nothing="The model never had a stake.",
    )


def payouts(published, model_id):
    """What the model was paid, or would be."""
    return view(
        "Payouts",
        "Settled ones are final unless a target is revised; pending ones follow from the scores so far. "
        "A negative amount is burned. `Unpaid reason` says why a stake was paid nothing.",
        published.read("model_payouts", model_id=model_id),
        lambda frame: charts.bars(frame, "era_date", "amount_nmr", "state"),
        is_history=True,
        nothing="The model never had a stake, so it is paid nothing.",
    )


def neighbours(published, model_id):
    """How near the model is to others, and what it is exposed to."""
    return view(
        "Nearest other model, and exposures",
        "Correlations of the submitted signals: with the nearest other model (and which), with all "
        "others in the "
        "mean, with the meta model; and the largest exposure to a factor (and which).",
        published.read("model_neighbours", model_id=model_id),
        lambda frame: charts.many_lines(
            frame,
            [
                "nearest_correlation",
                "mean_correlation",
                "meta_model_correlation",
                "largest_exposure",
            ],
            "Correlation",
        ),
        is_history=True,
        nothing="No round has the scores mcwsm or max_exposure of this model.",
    )


def true_contributions(published, model_id):
    """True Contribution with its error."""
    return view(
        "True Contribution",
        "How much more the fund's portfolio would have earned, had the stake been a little larger; with 1.96 "
        "standard errors of the draws.",
        published.read("model_true_contributions", model_id=model_id),
        lambda frame: charts.values_with_errors(frame, "era_date", "value", "low", "high"),
        is_history=True,
        nothing="No round has a True Contribution of this model.",
    )


def evidence(published, model_id):
    """Evidence for a Kardashev type."""
    return view(
        "Kardashev type",
        "Tests on the newest day, each of a mean above zero: t by Newey and West, p adjusted for "
        "all models by "
        "Holm. A type is proved where p is below the level of the rules.",
        published.read("model_evidence", model_id=model_id),
        lambda frame: charts.ranked_bars(frame, "evidence", "t"),
        nothing="The model has too few final rounds to be tested.",
    )
