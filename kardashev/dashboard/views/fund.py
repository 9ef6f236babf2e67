"""The fund: what it earned and held, who contributed, and whether stakes stand where they should."""

from kardashev.dashboard import charts
from kardashev.dashboard.views.view import view

NOT_YET = "No round's returns are final yet."


def returns(published):
    """Cumulative return before and after costs."""
    return _performance(
        published,
        "Cumulative return",
        "Of the rounds whose returns are final, before and after trading costs.",
        ["cumulative_return", "net_cumulative_return"],
        "Return",
        ["portfolio_return", "net_return", "turnover", "trading_cost"],
    )


def sharpes(published):
    """Rolling Sharpe."""
    return _performance(
        published,
        "Sharpe ratio of a year",
        "Annualised, over the rounds of the year up to each, before and after costs.",
        ["sharpe_one_year", "net_sharpe_one_year"],
        "Sharpe ratio",
    )


def drawdowns(published):
    """Drawdown."""
    return _performance(
        published,
        "Drawdown",
        "The share of its peak that the fund has lost, before and after costs.",
        ["drawdown", "net_drawdown"],
        "Drawdown",
        draw=charts.areas,
    )


def meta_model_scores(published):
    """The meta model's score over time."""
    return _performance(
        published,
        "The meta model's score",
        "corr_v4 of SWMM by round, and its mean over thirteen rounds.",
        ["swmm_corr_v4", "mean_swmm_corr_v4"],
        "Score",
        ["swmm_ic_v2"],
    )


def staked_models(published):
    """How many models were staked."""
    return _performance(
        published,
        "Staked models",
        "The number of models with a stake at risk.",
        ["staked_models"],
        "Models",
        ["at_risk_nmr"],
    )


def _performance(published, title, note, drawn, measure, more=(), draw=charts.many_lines):
    frame = published.read("fund_performance")
    return view(
        title,
        note,
        frame[["round_number", "era_date", *drawn, *more]],
        lambda frame: draw(frame, drawn, measure),
        is_history=True,
        nothing=NOT_YET,
    )


def exposures(published, round_number):
    """Exposures against limits."""
    return view(
        "Exposures against limits",
        "The grey bar spans what is allowed. A binding limit costs return: `Dual` says how much, "
        "the dearest first.",
        published.read("fund_exposures", round_number=round_number),
        charts.exposures,
        nothing="The round has no portfolio.",
    )


def holdings(published, round_number):
    """What the fund held."""
    return view(
        "Holdings",
        "Weights of the optimized portfolio, the largest first.",
        published.read("fund_holdings", round_number=round_number),
        lambda frame: charts.ranked_bars(frame, "stock_id", "weight", "side", most=30),
        nothing="The round has no portfolio.",
    )


def contributors(published):
    """Who contributes, and who is paid."""
    return view(
        "Who contributes, and who is paid",
        "Mean True Contribution of a year beside all settled payouts. Select a row to open the "
        "model.",
        published.read("fund_contributors"),
        lambda frame: charts.scatter(frame, "mean_tc", "payout_nmr", "mean_at_risk_nmr", "model"),
        nothing="No model has a reputation of TC yet.",
        opens="model",
    )


def indicators(published):
    """Which score goes with True Contribution."""
    return view(
        "Which score goes with True Contribution",
        "Rank correlation over models of each official series with TC, its mean of a year; the "
        "newest round first.",
        published.read("fund_indicators"),
        lambda frame: charts.lines(frame, "mean_spearman_one_year", by="metric"),
        nothing="No round has both final scores and final contributions.",
    )


def misplaced_stakes(published):
    """Stakes on the wrong model."""
    return view(
        "Misplaced stakes",
        "Staked models that contribute less than another model of their account, on the newest "
        "day.",
        published.read("fund_misplaced_stakes"),
        lambda frame: charts.ranked_bars(frame, "model", "shortfall", most=15),
        nothing="No stake is misplaced.",
        opens="model",
    )


def underrated_models(published):
    """Models that are better than they look."""
    return view(
        "Underrated models",
        "Models that stand far higher by TC than by correlation, on the newest day.",
        published.read("fund_underrated_models"),
        lambda frame: charts.ranked_bars(frame, "model", "percentile_gap", most=15),
        nothing="No model is underrated.",
        opens="model",
    )
