"""What is taken once, at the close of a round: stability, stakes at risk, meta models."""

from datetime import timedelta

import numpy as np
import pandas as pd

from kardashev.inspection.audit.landed import ACCEPTED

FIGURES = ("churn", "turnover", "neutral_churn")
UNCOMPARED = 1.0  # of a figure with a threshold that no pair of the window has
DIGITS = 12  # a figure that equals its threshold but for rounding noise reaches it
META_PORTFOLIO = "SWP"
STAKE = "stake"


def window(calendar, rules, rounds):
    """The rounds that a round's submissions are compared with.

    Parameters
    ----------
    calendar : dict, the round's row of rounds/
    rules : Rules
    rounds : pandas.DataFrame, all rows of rounds/

    Returns
    -------
    list of int
    """
    rule = rules.stability
    if not rule:
        return []
    era = pd.Timestamp(calendar["era_date"]).date()
    same_kind = rounds[rounds["kind"] == calendar["kind"]].drop_duplicates("round_number")
    earlier = [
        (pd.Timestamp(row.era_date).date(), int(row.round_number))
        for row in same_kind.itertuples()
        if pd.Timestamp(row.era_date).date() < era
    ]
    earlier.sort(reverse=True)
    days, fallback = rule["window_days"] or 0, rule["fallback_days"]
    oldest = era - timedelta(days=max(days, fallback if fallback is not None else days))
    earlier = [(day, number) for day, number in earlier if day >= oldest]
    inside = [(day, number) for day, number in earlier if day >= era - timedelta(days=days)]
    kept = inside[: rule["window_rounds"] or len(inside)] or earlier[:1]
    return [number for _, number in kept]


def stability(now, earlier, forms, floor):
    """Churn, turnover and neutral churn of every model in a round and in those of its window.

    Parameters
    ----------
    now : kardashev.inspection.audit.landed.Moves
    earlier : dict of int → Moves
    forms : module of formulas
    floor : float, the smallest share of stocks to share

    Returns
    -------
    pandas.DataFrame (model_id, lag_round, the `FIGURES`)
    """
    found = []
    for lag, before in earlier.items():
        for model in now.signals.columns.intersection(before.signals.columns):
            row = {"model_id": model, "lag_round": lag}
            for figure, formula, sides in (
                ("churn", forms.churn, (now.signals, before.signals)),
                ("turnover", forms.turnover, (now.portfolios, before.portfolios)),
                ("neutral_churn", forms.churn, (now.outside, before.outside)),
            ):
                has_both = all(model in side for side in sides)
                values = [side[model] for side in sides] if has_both else []
                is_number = has_both and all(value.notna().all() for value in values)
                row[figure] = formula(*values, floor=floor) if is_number else np.nan
            found.append(row)
    return pd.DataFrame(found, columns=["model_id", "lag_round", *FIGURES])


def stakes(landed, pairs):
    """Landed stakes, what of them is at risk, and the largest figures of the window.

    Returns
    -------
    pandas.DataFrame by model
        stake_nmr, at_risk_nmr, max_churn, max_turnover, mean_neutral_churn
    """
    rule = landed.rules.stability
    thresholds = {name: rule.get(f"{name}_threshold") for name in ("churn", "turnover")}
    is_watched = any(value is not None for value in thresholds.values())
    statuses, by_model = landed.statuses(), pairs.groupby("model_id")
    largest, means = by_model[["churn", "turnover"]].max(), by_model["neutral_churn"].mean()
    found = {}
    for model, stake in landed.stake_rows["stake_nmr"].items():
        is_accepted = statuses.get(model) == ACCEPTED
        figures = {n: largest[n].get(model, np.nan) for n in thresholds}
        is_zeroed = not is_accepted
        if is_watched and is_accepted:
            is_zeroed = model not in largest.index or all(np.isnan(v) for v in figures.values())
            for name, threshold in thresholds.items():
                value = figures[name]
                if threshold is not None:
                    is_zeroed |= bool(np.isnan(value) or round(value, DIGITS) >= threshold)
        row = {"stake_nmr": stake, "at_risk_nmr": 0.0 if is_zeroed else stake}
        for name, threshold in thresholds.items():
            value = figures[name]
            if np.isnan(value) and threshold is not None:
                value = UNCOMPARED
            row[f"max_{name}"] = value if is_accepted else np.nan
        mean = means.get(model, np.nan)
        mean = UNCOMPARED if np.isnan(mean) and is_watched else mean
        row["mean_neutral_churn"] = mean if is_accepted else np.nan
        found[model] = row
    columns = ["stake_nmr", "at_risk_nmr", "max_churn", "max_turnover", "mean_neutral_churn"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns)


def meta_models(landed, at_risk, forms):
    """Every meta model of a round.

    Parameters
    ----------
    landed : LandedRound
    at_risk : pandas.Series by model, of the models with a signal

    Returns
    -------
    dict of name → pandas.Series by stock
    """
    staked, found = at_risk[at_risk > 0], {}
    for row in landed.rules.meta_models:
        least = row["minimum_stake_nmr"]
        is_member = staked >= least if row["is_minimum_included"] else staked > least
        if row["is_of_benchmarks"]:
            is_member &= staked.index.isin(landed.benchmarks)
        members = staked[is_member]
        if len(members):
            sizes = members if row["weighting"] == STAKE else members * 0 + 1
            blend = landed.gaussian[members.index] @ (sizes / sizes.sum())
            found[row["meta_model"]] = blend
    if len(staked) and len(landed.basis):
        weights = forms.weights(
            landed.predictions[staked.index], landed.basis, landed.universe["sample_weight"]
        )
        portfolio = weights @ (staked / staked.sum())
        portfolio = portfolio - portfolio.mean()
        if portfolio.abs().sum() > 0:
            found[META_PORTFOLIO] = portfolio / portfolio.abs().sum()
    return found
