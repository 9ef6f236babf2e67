"""Grain: path. Files that changed between the manifest and the last model that reads what is landed."""

from kardashev.landing.listing import changed_files
from kardashev.warehouse.plugin import landing_folder


def model(dbt, session):
    dbt.config(materialized="table")
    dbt.ref("fct_submissions")
    dbt.ref("fct_stability")
    dbt.ref("fct_meta_model_stability")
    dbt.ref("fct_stakes")
    dbt.ref("int_stake_multipliers")
    dbt.ref("int_paying_rounds")
    dbt.ref("fct_meta_models")
    dbt.ref("fct_portfolios")
    dbt.ref("fct_portfolio_exposures")
    dbt.ref("fct_portfolio_solutions")
    dbt.ref("fct_true_contributions")
    dbt.ref("fct_scores")
    dbt.ref("fct_contract_results")
    dbt.ref("int_portfolio_returns")
    dbt.ref("int_model_returns")
    dbt.ref("int_meta_model_scores")
    dbt.ref("int_results_built")
    dbt.ref("int_diagnostics_built")
    dbt.ref("int_entrants_built")
    dbt.ref("int_as_of_dates_built")
    dbt.ref("fct_provenance")
    dbt.ref("fct_provenance_files")
    dbt.ref("fct_provenance_rules")
    return changed_files(landing_folder(), dbt.ref("int_files_read"))
