"""Grain: round_number, extreme_form, model_key; the rounds held. Top and bottom of signals."""

from kardashev.rounds.extremes import extreme_signal_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_stale or is_prepared or is_pruned"})
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
        norms=dbt.ref("int_neutral_norms"),
        meta_models=dbt.ref("int_meta_models"),
    )
    return extreme_signal_rows(session, dbt.ref("int_extreme_forms_due"), sources)
