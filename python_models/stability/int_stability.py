"""Grain: round_number, lag_round, model_key. Churn, turnover, neutral churn of the stale rounds."""

from kardashev.rounds.prepared import Sources
from kardashev.rounds.stability import stability_rows


def model(dbt, session):
    dbt.config(materialized="table")
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
    )
    return stability_rows(session, dbt.ref("int_stability_pairs"), sources)
