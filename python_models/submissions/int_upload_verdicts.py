"""Grain: round_number, model_key, submitted_at, expectation. Verdicts on uploads."""

from kardashev.contracts.judge import judge
from kardashev.contracts.profiles import long_profiles


def model(dbt, session):
    dbt.config(materialized="table")
    keys = ["round_number", "model_key", "submitted_at"]
    profiles = [("submission", dbt.ref("int_uploads_profiled").to_arrow_table())]
    expectations = dbt.ref("int_round_expectations").to_arrow_table()
    return judge(long_profiles(profiles, keys), expectations, keys)
