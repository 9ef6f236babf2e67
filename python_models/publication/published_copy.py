"""Grain: one row, the newest publication. Copies what is new in the marts into what people read."""

from kardashev.warehouse.plugin import (
    left_by_last_build,
    parquet_folder,
    published_place,
)
from kardashev.warehouse.publish import publish


def model(dbt, session):
    dbt.config(materialized="table")
    dbt.ref("int_rounds_built")
    dbt.ref("int_target_days_built")
    dbt.ref("int_publication_draft")
    marts = {
        "fct_submissions": dbt.ref("fct_submissions"),
        "fct_contract_results": dbt.ref("fct_contract_results"),
        "fct_alerts": dbt.ref("fct_alerts"),
        "fct_unusable_files": dbt.ref("fct_unusable_files"),
        "fct_stability": dbt.ref("fct_stability"),
        "fct_meta_model_stability": dbt.ref("fct_meta_model_stability"),
        "fct_stakes": dbt.ref("fct_stakes"),
        "fct_payouts": dbt.ref("fct_payouts"),
        "fct_pending_payouts": dbt.ref("fct_pending_payouts"),
        "fct_payout_revisions": dbt.ref("fct_payout_revisions"),
        "fct_round_payouts": dbt.ref("fct_round_payouts"),
        "fct_stake_ledger": dbt.ref("fct_stake_ledger"),
        "fct_meta_models": dbt.ref("fct_meta_models"),
        "fct_scores": dbt.ref("fct_scores"),
        "fct_score_revisions": dbt.ref("fct_score_revisions"),
        "fct_portfolios": dbt.ref("fct_portfolios"),
        "fct_portfolio_exposures": dbt.ref("fct_portfolio_exposures"),
        "fct_portfolio_solutions": dbt.ref("fct_portfolio_solutions"),
        "fct_true_contributions": dbt.ref("fct_true_contributions"),
        "fct_fund_performance": dbt.ref("fct_fund_performance"),
        "fct_signal_types": dbt.ref("fct_signal_types"),
        "fct_misplaced_stakes": dbt.ref("fct_misplaced_stakes"),
        "fct_underrated_models": dbt.ref("fct_underrated_models"),
        "fct_score_correlations": dbt.ref("fct_score_correlations"),
        "fct_contribution_indicators": dbt.ref("fct_contribution_indicators"),
        "fct_signal_decay": dbt.ref("fct_signal_decay"),
        "fct_meta_model_ages": dbt.ref("fct_meta_model_ages"),
        "fct_altered_trades": dbt.ref("fct_altered_trades"),
        "fct_fund_costs": dbt.ref("fct_fund_costs"),
        "fct_fund_capacity": dbt.ref("fct_fund_capacity"),
        "fct_diagnostics": dbt.ref("fct_diagnostics"),
        "fct_diagnostics_by_era": dbt.ref("fct_diagnostics_by_era"),
        "fct_stakes_in_dollars": dbt.ref("fct_stakes_in_dollars"),
        "fct_replayed_stakes": dbt.ref("fct_replayed_stakes"),
        "fct_replayed_scores": dbt.ref("fct_replayed_scores"),
        "fct_provenance": dbt.ref("fct_provenance"),
        "fct_provenance_files": dbt.ref("fct_provenance_files"),
        "fct_provenance_rules": dbt.ref("fct_provenance_rules"),
        "fct_season_standings": dbt.ref("fct_season_standings"),
        "leaderboard_models": dbt.ref("leaderboard_models"),
        "leaderboard_accounts": dbt.ref("leaderboard_accounts"),
        "leaderboard_seasons": dbt.ref("leaderboard_seasons"),
        "dim_models": dbt.ref("dim_models"),
        "dim_rounds": dbt.ref("dim_rounds"),
        "dim_days": dbt.ref("dim_days"),
    }
    former = left_by_last_build(session, dbt.this)
    redone = dbt.ref("int_marts_redone")
    notes = dbt.ref("int_publication_notes")
    return publish(session, marts, published_place(), redone, former, parquet_folder(), notes)
