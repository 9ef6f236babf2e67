"""Churn, turnover and stakes at risk by numerai-tools, from the landed files and nothing of the warehouse.

The rules are those of ``house``: seven days, or the last round of fourteen, 15 % and 20 %.
"""

import duckdb
import pandas as pd
from numerai_tools import scoring, signals

WINDOW_DAYS, FALLBACK_DAYS = 7, 14
CHURN, TURNOVER = 0.15, 0.20
UNCOMPARED = 1.0
FIGURES = ("churn", "turnover", "neutral_churn")


def window(oracle):
    """The rounds that a round's submissions are compared with, as oracles of the same class."""
    rounds = duckdb.sql(
        f"from read_parquet('{oracle.landing}/rounds/**/*.parquet', union_by_name = true)"
    )
    rounds = rounds.to_arrow_table().to_pandas().set_index("round_number")
    rounds = rounds[rounds["kind"] == rounds.loc[oracle.number, "kind"]]
    numbers = window_of(oracle.number, pd.to_datetime(rounds["era_date"]).dt.date.to_dict())
    return [type(oracle)(oracle.landing, number, oracle.final_days) for number in sorted(numbers)]


def window_of(number, eras):
    """The rounds of a round's window, from the era dates of its kind's rounds by number."""
    ages = {n: (eras[number] - era).days for n, era in eras.items() if era < eras[number]}
    in_days = [n for n, age in ages.items() if age <= WINDOW_DAYS]
    if in_days or not ages:
        return in_days
    last = min(ages, key=lambda n: (ages[n], -n))
    return [last] if ages[last] <= FALLBACK_DAYS else []


def portfolio_weights(oracle):
    return scoring.generate_neutralized_weights(
        oracle.predictions, oracle.basis, oracle.weights, center_and_normalize=True
    )


def stability(oracle):
    """Churn and turnover by lag round and model; NaN where the organiser's code compares nothing."""
    found = []
    weights = portfolio_weights(oracle)
    for earlier in window(oracle):
        earlier_weights = portfolio_weights(earlier)
        for model in oracle.predictions.columns.intersection(earlier.predictions.columns):
            row = {"lag_round": earlier.number, "model_id": model}
            now, before = oracle.predictions[model], earlier.predictions[model]
            given = {
                "churn": (now, before),
                "turnover": (weights[model], earlier_weights[model]),
                "neutral_churn": (now, before, oracle.basis, earlier.basis),
            }
            for figure in FIGURES:
                try:
                    row[figure] = getattr(signals, figure)(*given[figure])
                except AssertionError:
                    row[figure] = float("nan")
            found.append(row)
    columns = ["lag_round", "model_id", *FIGURES]
    return pd.DataFrame(found, columns=columns).set_index(["model_id", "lag_round"])


def stakes_at_risk(oracle, stakes):
    """Stakes of the accepted models, zero where the window says so."""
    largest = oracle.stability.groupby(level="model_id").max().reindex(stakes.index)
    largest = largest.fillna(UNCOMPARED)
    is_zeroed = (largest["churn"] >= CHURN) | (largest["turnover"] >= TURNOVER)
    return stakes.where(~is_zeroed, 0.0)
