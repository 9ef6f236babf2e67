"""What every stake of a live round is paid, by plain arithmetic from scores and stakes."""

import math

import numpy as np
import pandas as pd

COLUMNS = ("payout_factor", "score_used", "retention", "payout_nmr", "pending_nmr")
DIGITS = 15  # of a sum of scores, so that its order leaves no trace


def payouts(landed, stakes, scores, is_closed):
    """What each stake is paid.

    Parameters
    ----------
    landed : LandedRound
    stakes : pandas.DataFrame by model, as `kardashev.inspection.audit.close.stakes` makes it
    scores : dict, (score, version) → list of (score_day, is_final, pandas.Series by model)
    is_closed : bool

    Returns
    -------
    pandas.DataFrame by model, of `COLUMNS`; NaN where there is no figure
    """
    rule = landed.rules.payout
    if rule is None or landed.calendar["kind"] != "live":
        nothing = pd.DataFrame(np.nan, index=stakes.index, columns=list(COLUMNS))
        return nothing if landed.calendar["kind"] == "live" else nothing.iloc[:0]
    factor = payout_factor(landed, stakes, rule)
    terms = landed.rules.terms()
    rows = {}
    for model, stake in stakes.iterrows():
        chosen = [(n, m) for n, m in _multipliers(landed, model, terms) if m != 0]
        finals = [_newest(scores, name, True) for name, _ in chosen]
        is_settled = is_closed and all(final is not None for final in finals)
        used = finals if is_settled else [_newest(scores, name, False) for name, _ in chosen]
        values = [m * _of(s, model) for s, (_, m) in zip(used, chosen, strict=True)]
        total = round(math.fsum(sorted(values)), DIGITS) if chosen else 0.0
        known = [value for value in values if not math.isnan(value)]
        shown = round(math.fsum(known), DIGITS) if known else math.nan
        retention = _retention(rule, stake["mean_neutral_churn"])
        at_risk = 0.0 if model in landed.references else stake["at_risk_nmr"]
        paid = _paid(rule, factor, total, at_risk, retention)
        if math.isnan(paid) and is_settled:
            paid = 0.0  # a score is missing for good
        rows[model] = {
            "payout_factor": factor,
            "score_used": shown if chosen else 0.0,
            "retention": retention,
            "payout_nmr": paid if is_settled else math.nan,
            "pending_nmr": math.nan if is_settled else paid,
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))


def payout_factor(landed, stakes, rule):
    """As landed; else min(1, threshold over what is at risk), 1 when nothing is."""
    landed_factor, total = landed.calendar["payout_factor"], landed.calendar["total_at_risk_nmr"]
    if not _is_missing(landed_factor):
        return landed_factor
    total = math.fsum(stakes["at_risk_nmr"]) if _is_missing(total) else total
    return min(1.0, rule["stake_threshold_nmr"] / total) if total > 0 else 1.0


def _multipliers(landed, model, terms):
    """(score, version), multiplier of each term of a model: its own where one is landed."""
    row = landed.stake_rows.loc[model]
    for score, version, multiplier, names in terms:
        columns = (f"{name}_multiplier" for name in names)
        own = [row[c] for c in columns if c in row.index and not _is_missing(row[c])]
        yield (score, version), own[0] if own else multiplier


def _newest(scores, name, is_final):
    """The values of the newest day of a score, or of its final day; None where there is none."""
    days = [(day, values) for day, final, values in scores.get(name, []) if final or not is_final]
    return max(days, key=lambda pair: pair[0])[1] if days else None


def _of(values, model):
    return math.nan if values is None else float(values.get(model, math.nan))


def _retention(rule, churn):
    threshold, scale = rule["retention_threshold"], rule["retention_scale"]
    if threshold is None or scale is None:
        return 1.0
    churn = 1.0 if math.isnan(churn) else churn
    return min(1.0, 2 / (1 + math.exp(scale * (churn - threshold))))


def _paid(rule, factor, total, at_risk, retention):
    if at_risk == 0:
        return 0.0
    if math.isnan(total):
        return math.nan
    clip = rule["clip"]
    if rule["clips_before_factor"]:
        share = factor * min(max(total, -clip), clip)
    else:
        share = min(max(factor * total, -clip), clip)
    return at_risk * share * (retention if share > 0 else 1.0)


def _is_missing(value):
    return value is None or value is pd.NaT or math.isnan(value)
