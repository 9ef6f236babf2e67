"""Grain: round_number. How far NᵀVN is from the identity, for the contract of neutralizers/."""

from kardashev.rounds.neutralized import orthonormality_profile


def model(dbt, session):
    dbt.config(
        materialized="incremental", meta={"worklist": "int_columns_due", "redoes": "is_measured"}
    )
    return orthonormality_profile(
        session,
        rounds=dbt.ref("int_columns_due").filter("is_measured"),
        universe=dbt.ref("stg_tournament__universe"),
        scans=dbt.ref("int_column_scans"),
    )
