"""Grain: payout_rule, first_round, last_round, round_number. Replays: stakes, payouts, and scores."""

from kardashev.replay.recursion import simulation_rows
from kardashev.replay.replayed_rounds import Replayed
from kardashev.rounds.prepared import Sources


def model(dbt, session):
    dbt.config(materialized="incremental", full_refresh=False)
    sources = Sources(
        ranks=dbt.ref("int_signal_ranks"),
        models=dbt.ref("int_submissions"),
        universe=dbt.ref("int_universe"),
        bases=dbt.ref("int_neutral_bases"),
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
