"""Grain: round_number; the rounds held. The optimized portfolio, and what its gradients need later."""

from kardashev.rounds.portfolios import optimized_portfolio_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_stale or is_prepared or is_pruned"})
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
    )
    return optimized_portfolio_rows(
        session,
        dbt.ref("int_portfolios_due"),
        sources,
        stakes=dbt.ref("int_stakes_at_risk"),
        limits=dbt.ref("int_round_portfolio_limits"),
        engine=dbt.config.meta_get("engine"),
    )
