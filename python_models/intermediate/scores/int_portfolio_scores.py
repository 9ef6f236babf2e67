"""Grain: round_number, model_key, score, score_version, target, score_day. Alpha and MPC of each version."""

from kardashev.frames import portfolio_score_rows


def model(dbt, session):
    dbt.config(materialized="table")
    return portfolio_score_rows(
        session,
        scores=dbt.ref("int_scores_due").filter("family in ('alpha', 'mpc') and stock_count > 0"),
        weights=dbt.ref("int_scored_weights"),
        targets=dbt.ref("int_target_values"),
        shares=dbt.ref("int_stake_shares"),
        universe=dbt.ref("int_universe"),
    )
