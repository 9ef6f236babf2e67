-- Grain: round_number, model_id. The landed stakes of replayed rounds. A replay says how much is staked; who is at
-- risk is as it was, for whether a stake is zeroed hangs on signals alone.
select
    stakes.round_number,
    stakes.model_id,
    stakes.stake_nmr,
    stakes.at_risk_nmr > 0 as is_at_risk,
    stakes.mean_neutral_churn,
    coalesce(round_references.is_benchmark, false) as is_benchmark,
    round_references.model_id is null as is_paid

from fct_stakes as stakes
inner join replay_rounds
    on stakes.round_number = replay_rounds.round_number
left join int_round_references as round_references
    on
        stakes.round_number = round_references.round_number
        and stakes.model_id = round_references.model_id
