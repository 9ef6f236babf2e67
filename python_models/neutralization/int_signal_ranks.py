"""Grain: round_number, signal_form, model_key; the rounds held. Ranks over the universe, in every form."""

from kardashev.rounds.neutralized import signal_rank_rows


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_prepared or is_pruned"})
    return signal_rank_rows(
        session,
        dbt.ref("int_rounds_due").filter("is_prepared").select("round_number"),
        signals=dbt.ref("int_signals_ranked"),
        landed=dbt.ref("int_signals_matched"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
    )
