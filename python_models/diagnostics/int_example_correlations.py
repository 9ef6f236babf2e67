"""Grain: round_number, model_id, example_id. Pearson of signals with those of examples, in validation."""

from kardashev.rounds.example_correlations import example_correlation_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        meta={"worklist": "int_diagnostics_due", "redoes": "is_stale"},
    )
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
    )
    rounds = dbt.ref("int_diagnostics_due").filter("is_stale and is_validation")
    examples = dbt.ref("int_round_references")
    return example_correlation_rows(session, rounds.select("round_number"), examples, sources)
