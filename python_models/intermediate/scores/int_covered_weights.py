"""Grain: round_number, coverage_id, model_key, stock_key. Neutral weights where a target covers a part."""

from kardashev.frames import neutral_weight_rows


def model(dbt, session):
    dbt.config(materialized="table")
    signals = dbt.ref("int_covered_signals")
    return neutral_weight_rows(
        session,
        blocks=signals.select("round_number, coverage_id").distinct(),
        signals=signals,
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        neutralizers=dbt.ref("stg_tournament__neutralizers"),
    )
