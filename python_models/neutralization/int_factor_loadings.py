"""Grain: round_number, factor_set, basis, factor. Columns of each set, and bases of [the set, 1], packed."""

from kardashev.rounds.neutralized import factor_loading_rows


def model(dbt, session):
    dbt.config(materialized="incremental", meta={"worklist": "int_loadings_due", "redoes": "true"})
    return factor_loading_rows(
        session,
        dbt.ref("int_loadings_due").filter("is_made").select("round_number, fingerprint"),
        universe=dbt.ref("int_universe"),
        columns=dbt.ref("int_factor_columns"),
        sets=dbt.ref("int_round_neutral_sets"),
        scans=dbt.ref("int_column_scans"),
    )
