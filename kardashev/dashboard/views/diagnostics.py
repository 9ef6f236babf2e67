"""A historical upload: its scores over the eras of rounds of kind `validation`."""

from kardashev.dashboard import charts
from kardashev.dashboard.views.view import view

NOTHING = "The upload has no final score of this series."


def eras(published, model_id, series):
    """Scores by era."""
    frame = published.read("upload_eras", model_id=model_id, **series)
    return view(
        "Score by era",
        "Final scores of each era.",
        frame[["era_date", "round_number", "value", "percentile"]],
        lambda frame: charts.bars(frame, "era_date", "value"),
        is_history=True,
        nothing=NOTHING,
    )


def cumulative(published, model_id, series):
    """The running sum."""
    frame = published.read("upload_eras", model_id=model_id, **series)
    return view(
        "Cumulative score",
        "The sum of the eras' scores.",
        frame[["era_date", "cumulative"]],
        lambda frame: charts.lines(frame, "cumulative"),
        is_history=True,
        nothing=NOTHING,
    )


def drawdown(published, model_id, series):
    """What was lost of the peak."""
    frame = published.read("upload_eras", model_id=model_id, **series)
    return view(
        "Drawdown",
        "The share of its peak that Π (1 + score) has lost.",
        frame[["era_date", "drawdown"]],
        lambda frame: charts.areas(frame, ["drawdown"], "Drawdown"),
        is_history=True,
        nothing=NOTHING,
    )


def autocorrelation(published, model_id, series):
    """Whether good eras follow good ones."""
    return view(
        "Autocorrelation",
        "Correlation of each era's score with that of so many eras before.",
        published.read("upload_autocorrelations", model_id=model_id, **series),
        lambda frame: charts.bars(frame, "lag_eras", "autocorrelation", kind="O"),
        nothing="There are too few eras.",
    )


def exposures(published, model_id):
    """Which factors the upload leans on."""
    return view(
        "Largest exposures",
        "The factor that the signal leaned on most, by quarter: the mean of that exposure, and "
        "in how many eras.",
        published.read("upload_exposures", model_id=model_id),
        lambda frame: charts.heat_map(frame, "quarter", "factor", "mean_exposure", kind="O"),
        nothing="No era of the upload has the score max_exposure.",
    )


def summary(published, model_id):
    """All figures, before and after neutralization."""
    return view(
        "Summary",
        "Every figure of the upload, before and after neutralization.",
        published.read("upload_summary", model_id=model_id),
        nothing="The upload has no summary.",
    )
