"""Grain: payout_rule, first_round, last_round, round_number. Replays: stakes, payouts, and scores."""

from kardashev.replay.recursion import simulation_rows
from kardashev.replay.replayed_rounds import Replayed
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", full_refresh=False)
    bases = dbt.ref("int_neutral_bases")
    sources = Sources(
        signals=dbt.ref("int_signals_ranked"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        neutralizers=bases.filter("basis = 'projection'"),
        least_squares=bases.filter("basis = 'least_squares'"),
        norms=dbt.ref("int_neutral_norms"),
    )
    replayed = Replayed(
        meta_models=dbt.ref("int_round_meta_models"),
        scores=dbt.ref("int_simulated_scores"),
        targets=dbt.ref("int_simulated_targets"),
        stakes=dbt.ref("int_simulated_stakes"),
        factors=dbt.ref("int_factor_columns").filter("factor_set = 'portfolio_factors'"),
        limits=dbt.ref("int_round_portfolio_limits"),
        dropouts=dbt.ref("int_round_dropouts"),
        engine=dbt.config.meta_get("engine"),
    )
    return simulation_rows(
        session,
        dbt.ref("int_simulations_due"),
        dbt.ref("int_rounds_simulated"),
        rules=dbt.ref("payout_rules"),
        terms=dbt.ref("int_simulated_terms"),
        sources=sources,
        replayed=replayed,
    )
