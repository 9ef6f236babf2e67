-- Grain: payout_rule, first_round, last_round, round_number, model_id. What each rule pays the landed stakes, and the same
-- stakes with others in place of some.
with

stakes as (

    select
        payout_rule,
        first_round,
        last_round,
        round_number,
        stakes_of,
        unnest(stakes) as staked

    from replay_runs

),

paired as (

    select
        landed.payout_rule,
        landed.first_round,
        landed.last_round,
        landed.round_number,
        landed.staked as landed,
        given.staked as given

    from stakes as landed
    inner join stakes as given
        on
            landed.payout_rule = given.payout_rule
            and landed.round_number = given.round_number
            and landed.staked.model_id = given.staked.model_id
    where landed.stakes_of = 'landed' and given.stakes_of = 'given'

)

select
    paired.payout_rule,
    paired.first_round,
    paired.last_round,
    paired.round_number,
    paired.given.model_id,
    models.account_id,
    given_stakes.model_id is not null as is_given,
    paired.landed.stake_nmr as landed_stake_nmr,
    paired.landed.at_risk_nmr as landed_at_risk_nmr,
    paired.landed.payout_nmr as landed_payout_nmr,
    paired.given.stake_nmr,
    paired.given.at_risk_nmr,
    paired.given.payout_nmr,
    paired.given.payout_nmr - paired.landed.payout_nmr as difference_nmr,
    stakes.zeroed_reason,
    paired.given.settled_at

from paired
inner join fct_stakes as stakes
    on
        paired.round_number = stakes.round_number
        and paired.given.model_id = stakes.model_id
left join dim_models as models on paired.given.model_id = models.model_id
left join given_stakes
    on
        paired.round_number = given_stakes.round_number
        and paired.given.model_id = given_stakes.model_id
