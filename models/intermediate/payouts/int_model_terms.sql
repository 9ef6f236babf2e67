{{ config(materialized='view') }}
{#
Grain: round_number, model_id, score, score_version. The scores that each staked model is paid by, and their multipliers:
the model's own where one is landed.
#}
with

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

multipliers as (

    select * from {{ ref('int_stake_multipliers') }}

)

select
    stakes.round_number,
    stakes.model_id,
    payout_terms.score,
    payout_terms.score_version,
    coalesce(multipliers.multiplier, payout_terms.multiplier) as multiplier

from stakes
inner join round_payouts on stakes.round_number = round_payouts.round_number
inner join payout_terms on round_payouts.payout_rule = payout_terms.payout_rule
left join multipliers
    on
        stakes.round_number = multipliers.round_number
        and stakes.model_id = multipliers.model_id
        and payout_terms.score = multipliers.score
