"""Grain: round_number. How far NᵀVN is from the identity, for the contract of neutralizers/."""

from kardashev.frames import orthonormality_profile


def model(dbt, session):
    dbt.config(materialized="table")
    due = dbt.ref("int_round_candidates").filter("is_stale or is_prepared")
    return orthonormality_profile(
        session,
        rounds=due.select("round_number"),
        neutralizers=dbt.ref("stg_tournament__neutralizers"),
        universe=dbt.ref("stg_tournament__universe"),
    )
