"""Grain: round_number, contract, subject, expectation. Verdicts on the operator's tables."""

from kardashev.contracts.judge import judge
from kardashev.contracts.profiles import long_profiles, of_judged_rounds, with_examples


def model(dbt, session):
    dbt.config(materialized="table")
    keys, expectations = ["round_number", "subject"], dbt.ref("int_round_expectations")
    relations = [
        ("rounds", dbt.ref("int_rounds_profiled")),
        ("calendar", dbt.ref("int_calendar_profiled")),
        ("models", dbt.ref("int_models_profiled")),
        ("prices", dbt.ref("int_prices_profiled")),
        ("universe", dbt.ref("int_universes_profiled")),
        (None, dbt.ref("int_columns_profiled")),
        ("neutralizers", dbt.ref("int_orthonormality_profiled")),
        ("submissions", dbt.ref("int_submissions_profiled")),
        ("stakes", dbt.ref("int_stakes_profiled")),
        ("stakes", dbt.ref("int_multipliers_profiled")),
        ("scores", dbt.ref("int_landed_scores_profiled")),
        ("targets", dbt.ref("int_targets_profiled")),
    ]
    profiles = of_judged_rounds(relations, dbt.ref("int_round_candidates"))
    verdicts = judge(long_profiles(profiles, keys), expectations.to_arrow_table(), keys)
    return with_examples(verdicts, profiles, keys)
