"""Grain: round_number, contract, subject, expectation. Verdicts on the operator's tables."""

from kardashev.contracts.judge import judge
from kardashev.contracts.profiles import long_profiles


def model(dbt, session):
    dbt.config(materialized="table")
    keys = ["round_number", "subject"]
    columns = dbt.ref("int_columns_profiled")
    neutralizers, factors = (
        columns.filter(f"contract = '{name}'").select("* exclude (contract)").to_arrow_table()
        for name in ("neutralizers", "factors")
    )
    profiles = [
        ("rounds", dbt.ref("int_rounds_profiled").to_arrow_table()),
        ("universe", dbt.ref("int_universes_profiled").to_arrow_table()),
        ("neutralizers", neutralizers),
        ("neutralizers", dbt.ref("int_orthonormality_profiled").to_arrow_table()),
        ("factors", factors),
        ("stakes", dbt.ref("int_stakes_profiled").to_arrow_table()),
        ("stakes", dbt.ref("int_multipliers_profiled").to_arrow_table()),
        ("scores", dbt.ref("int_landed_scores_profiled").to_arrow_table()),
        ("targets", dbt.ref("int_targets_profiled").to_arrow_table()),
    ]
    expectations = dbt.ref("int_round_expectations").to_arrow_table()
    return judge(long_profiles(profiles, keys), expectations, keys)
