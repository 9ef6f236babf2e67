"""Grain: round_number, factor_set, model_key, stock_key; the rounds held. Ranks outside factor sets."""

from kardashev.rounds.neutralized import neutralized_signal_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_prepared or is_pruned"})
    factors = dbt.ref("int_factor_columns")
    sources = Sources(
        signals=dbt.ref("int_signals_ranked"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        neutralizers=None,
    )
    due = dbt.ref("int_neutral_forms_due").select("round_number, factor_set")
    return neutralized_signal_rows(session, due, sources, factors)
