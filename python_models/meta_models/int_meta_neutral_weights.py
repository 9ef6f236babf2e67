"""Grain: round_number, model_key, stock_key; the stale rounds. Neutral weights of meta models."""

from kardashev.rounds.neutralized import neutral_weight_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="table")
    sources = Sources(
        signals=dbt.ref("int_meta_signals_ranked"),
        models=dbt.ref("int_meta_signals_ranked"),
        universe=dbt.ref("int_universe"),
        neutralizers=dbt.ref("int_neutral_bases").filter("basis = 'projection'"),
    )
    rounds = dbt.ref("int_rounds_due").filter("is_stale").select("round_number")
    return neutral_weight_rows(session, rounds, sources)
