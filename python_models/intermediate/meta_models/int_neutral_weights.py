"""Grain: round_number, model_key, stock_key; the rounds held. Neutral weights on the whole universe."""

from kardashev.frames import neutral_weight_rows


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_prepared or is_pruned"})
    return neutral_weight_rows(
        session,
        blocks=dbt.ref("int_rounds_due").filter("is_prepared").select("round_number"),
        signals=dbt.ref("int_signals_ranked"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        neutralizers=dbt.ref("stg_tournament__neutralizers"),
    )
