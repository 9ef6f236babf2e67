"""Grain: round_number, coverage_id (0), extreme_form, model_key, stock_key. Top and bottom, rounds held."""

from kardashev.rounds.extremes import extreme_signal_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_stale or is_prepared or is_pruned"})
    signals, bases = dbt.ref("int_scored_signals"), dbt.ref("int_neutral_bases")
    sources = Sources(
        signals=signals.filter("signal_form = 'plain'"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        neutralizers=bases.filter("basis = 'projection'"),
        least_squares=bases.filter("basis = 'least_squares'"),
        norms=dbt.ref("int_neutral_norms"),
        meta_models=dbt.ref("int_meta_models"),
    )
    forms = dbt.ref("int_extreme_forms_due").filter("coverage_id = 0")
    return extreme_signal_rows(session, forms, sources, signals)
