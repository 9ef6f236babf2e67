"""Grain: round_number, meta_model, stock_key. Meta models and SWP, and the portfolios that they are."""

from kardashev.rounds.meta_models import meta_model_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_stale"})
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
    )
    return meta_model_rows(
        session,
        dbt.ref("int_rounds_due").filter("is_stale").select("round_number"),
        sources,
        weights=dbt.ref("int_meta_model_weights"),
        shares=dbt.ref("int_stake_shares"),
    )
