-- Grain: round_number, model_id. Stakes of replayed rounds, as they are landed and with others in place of some; and what
-- is landed of the round's payout factor: itself, or a total, whose part outside the landed stakes stays.
with

rounds as (

    select
        paying.round_number,
        paying.payout_factor,
        greatest(paying.total_at_risk_nmr - coalesce(sum(landed.at_risk_nmr), 0), 0)
            as outside_nmr

    from int_paying_rounds as paying
    left join landed_stakes as landed on paying.round_number = landed.round_number
    group by paying.round_number, paying.payout_factor, paying.total_at_risk_nmr

)

select
    stakes.round_number,
    stakes.model_id,
    stakes.stake_nmr,
    stakes.at_risk_nmr > 0 as is_at_risk,
    coalesce(landed.stake_nmr, 0) as landed_stake_nmr,
    coalesce(landed.at_risk_nmr, 0) > 0 as is_landed_at_risk,
    stakes.mean_neutral_churn,
    coalesce(round_references.is_benchmark, false) as is_benchmark,
    round_references.model_id is null as is_paid,
    rounds.payout_factor as landed_factor,
    coalesce(rounds.outside_nmr, 0) as outside_nmr

from fct_stakes as stakes
semi join replay_rounds on stakes.round_number = replay_rounds.round_number
left join landed_stakes as landed
    on
        stakes.round_number = landed.round_number
        and stakes.model_id = landed.model_id
left join rounds on stakes.round_number = rounds.round_number
left join int_round_references as round_references
    on
        stakes.round_number = round_references.round_number
        and stakes.model_id = round_references.model_id
