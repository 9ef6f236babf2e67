"""Grain: round_number, coverage_id, extreme_form, model_key, stock_key. Top and bottom on covered parts."""

from kardashev.rounds.extremes import extreme_signal_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="table")
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
    forms = dbt.ref("int_extreme_forms_due").filter("coverage_id != 0")
    return extreme_signal_rows(session, forms, sources, signals)
