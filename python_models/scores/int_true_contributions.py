"""Grain: round_number, model_key, score, score_version, target, score_day, known_at. TC, with its errors."""

from kardashev.rounds.true_contributions import true_contribution_rows


def model(dbt, session):
    dbt.config(materialized="table")
    return true_contribution_rows(
        session,
        dbt.ref("int_scores_due").filter("family = 'tc' and stock_count > 0"),
        models=dbt.ref("int_stake_shares"),
        portfolios=dbt.ref("int_portfolios_optimized"),
        targets=dbt.ref("int_target_values"),
    )
