"""Churn, turnover and stakes at risk by numerai-tools, from the landed files and nothing of the warehouse.

The rules are those of ``house``: seven days, 15 % and 20 %.
"""

import duckdb
import pandas as pd
from numerai_tools import scoring, signals

WINDOW_DAYS = 7
CHURN, TURNOVER = 0.15, 0.20
UNCOMPARED = 1.0
FIGURES = ("churn", "turnover", "neutral_churn")


def window(oracle):
    """The rounds that a round's submissions are compared with, as oracles of the same class."""
    rounds = duckdb.sql(
        f"from read_parquet('{oracle.landing}/rounds/**/*.parquet', union_by_name = true)"
    )
    rounds = rounds.to_arrow_table().to_pandas().set_index("round_number")
    kind, era = rounds.loc[oracle.number, ["kind", "era_date"]]
    eras = pd.to_datetime(rounds["era_date"])
    age = (pd.Timestamp(era) - eras).dt.days
    numbers = rounds.index[(age > 0) & (age <= WINDOW_DAYS) & (rounds["kind"] == kind)]
    return [type(oracle)(oracle.landing, number, oracle.final_days) for number in sorted(numbers)]


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
            try:
                row["churn"] = signals.churn(now, before)
                row["turnover"] = signals.turnover(weights[model], earlier_weights[model])
                row["neutral_churn"] = signals.neutral_churn(
                    now, before, oracle.basis, earlier.basis
                )
            except AssertionError:
                row |= dict.fromkeys(FIGURES, float("nan"))
            found.append(row)
    columns = ["lag_round", "model_id", *FIGURES]
    return pd.DataFrame(found, columns=columns).set_index(["model_id", "lag_round"])


def stakes_at_risk(oracle, stakes):
    """Stakes of the accepted models, zero where the window says so."""
    largest = oracle.stability.groupby(level="model_id").max().reindex(stakes.index)
    largest = largest.fillna(UNCOMPARED)
    is_zeroed = (largest["churn"] >= CHURN) | (largest["turnover"] >= TURNOVER)
    return stakes.where(~is_zeroed, 0.0)
