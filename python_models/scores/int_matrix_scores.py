"""Grain: round_number, model_key, score, score_version, target, score_day, known_at. By matrices."""

from kardashev.rounds.matrix_scores import FAMILIES, matrix_score_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="table")
    bases = dbt.ref("int_neutral_bases")
    sources = Sources(
        signals=dbt.ref("int_scored_signals").filter("signal_form = 'plain'"),
        models=dbt.ref("int_stake_shares"),
        universe=dbt.ref("int_universe"),
        neutralizers=bases.filter("basis = 'projection'"),
        least_squares=bases.filter("basis = 'least_squares'"),
        norms=dbt.ref("int_neutral_norms"),
        meta_models=dbt.ref("int_meta_models"),
    )
    families = f"family in {tuple(FAMILIES)} and top_bottom is null and stock_count > 0"
    return matrix_score_rows(
        session,
        dbt.ref("int_scores_due").filter(families),
        sources,
        targets=dbt.ref("int_target_values"),
        shares=dbt.ref("int_stake_shares"),
        factors=dbt.ref("int_factor_columns"),
    )
