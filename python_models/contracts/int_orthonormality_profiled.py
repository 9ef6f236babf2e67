"""Grain: round_number. How far NᵀVN is from the identity, for the contract of neutralizers/."""

from kardashev.rounds.neutralized import orthonormality_profile


def model(dbt, session):
    dbt.config(materialized="table")
    due = dbt.ref("int_round_candidates").filter("is_stale or is_prepared")
    return orthonormality_profile(
        session,
        rounds=due.select("round_number"),
        neutralizers=dbt.ref("stg_tournament__neutralizers").select(
            "round_number, stock_id, neutralizer as factor, value"
        ),
        universe=dbt.ref("stg_tournament__universe"),
    )
