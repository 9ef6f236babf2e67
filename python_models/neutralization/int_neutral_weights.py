"""Grain: round_number, model_key, stock_key; the rounds held. Neutral weights on the whole universe."""

from kardashev.rounds.neutralized import neutral_weight_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_prepared or is_pruned"})
    sources = Sources(
        signals=dbt.ref("int_signals_ranked"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        neutralizers=dbt.ref("int_factor_columns").filter("factor_set = 'neutralizers'"),
    )
    rounds = dbt.ref("int_rounds_due").filter("is_prepared").select("round_number")
    return neutral_weight_rows(session, rounds, sources)
