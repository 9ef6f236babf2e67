-- Grain: payout_rule, first_round, last_round, round_number, model_id. Stakes of each replay, and what its rule pays
-- them.
with

stakes as (

    select
        payout_rule,
        first_round,
        last_round,
        round_number,
        payout_factor,
        unnest(stakes) as staked

    from replay_runs

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    staked.model_id,
    staked.stake_nmr,
    staked.at_risk_nmr,
    payout_factor,
    staked.score_used,
    staked.payout_nmr,
    staked.settled_at

from stakes
