"""Grain: round_number, model_key; the rounds held. Norms of what each signal keeps outside N."""

from kardashev.rounds.neutralized import neutral_norm_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_prepared or is_pruned"})
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
    )
    rounds = dbt.ref("int_rounds_due").filter("is_prepared").select("round_number")
    return neutral_norm_rows(session, rounds, sources)
