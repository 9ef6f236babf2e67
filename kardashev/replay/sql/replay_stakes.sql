-- Grain: round_number, model_id. The landed stakes of replayed rounds. A replay says how much is staked; who is at
-- risk is as it was, for whether a stake is zeroed hangs on signals alone.
select
    stakes.round_number,
    stakes.model_id,
    stakes.stake_nmr,
    stakes.at_risk_nmr > 0 as is_at_risk,
    stakes.mean_neutral_churn,
    benchmarks.model_id is not null as is_benchmark

from fct_stakes as stakes
inner join replay_rounds
    on stakes.round_number = replay_rounds.round_number
left join int_round_benchmarks as benchmarks
    on
        stakes.round_number = benchmarks.round_number
        and stakes.model_id = benchmarks.model_id
