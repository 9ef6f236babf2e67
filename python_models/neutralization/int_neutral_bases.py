"""Grain: round_number, basis, factor; the rounds held. N, and the basis Q of [N, 1]."""

from kardashev.rounds.neutralized import neutral_basis_rows


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"redoes": "is_prepared or is_pruned"})
    return neutral_basis_rows(
        session,
        dbt.ref("int_rounds_due").filter("is_prepared").select("round_number"),
        universe=dbt.ref("int_universe"),
        neutralizers=dbt.ref("int_factor_columns").filter("factor_set = 'neutralizers'"),
    )
