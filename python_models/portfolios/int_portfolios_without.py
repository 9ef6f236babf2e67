"""Grain: round_number, model_key. The portfolio without the stake of one model, of those with the largest."""

from kardashev.rounds.portfolios_without import portfolio_without_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_stale"})
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
    )
    return portfolio_without_rows(
        session,
        dbt.ref("int_portfolios_due").filter("models_left_out > 0"),
        sources,
        stakes=dbt.ref("int_stakes_at_risk"),
        limits=dbt.ref("int_round_portfolio_limits"),
        engine=dbt.config.meta_get("engine"),
    )
