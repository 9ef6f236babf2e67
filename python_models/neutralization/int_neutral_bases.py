"""Grain: round_number, basis, factor, stock_key; the rounds held. N, and the basis Q of [N, 1]."""

from kardashev.rounds.neutralized import neutral_basis_rows
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
    return neutral_basis_rows(session, rounds, sources)
