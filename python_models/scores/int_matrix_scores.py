"""Grain: round_number, model_key, score, score_version, target, score_day, known_at. By matrices."""

from kardashev.rounds.matrix_scores import FAMILIES, matrix_score_rows
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="table")
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        loadings=dbt.ref("int_factor_loadings"),
        norms=dbt.ref("int_neutral_norms"),
        meta_models=dbt.ref("int_meta_models"),
    )
    by_matrix = f"(family in {tuple(FAMILIES)} or top_bottom is not null) and stock_count > 0"
    return matrix_score_rows(
        session,
        dbt.ref("int_scores_due").filter(by_matrix),
        sources,
        covered=dbt.ref("int_covered_stocks"),
        targets=dbt.ref("int_target_values"),
        shares=dbt.ref("int_stake_shares"),
        extremes=dbt.ref("int_signal_extremes"),
        references=dbt.ref("int_round_references"),
    )
