{{ config(materialized='table') }}
{#
Grain: payout_rule, first_round, last_round, round_number, model_id. Stakes of each replay, and what they are paid by
its rule.
#}
with

simulations as (

    select * from {{ ref('int_simulations') }}

),

stakes as (

    select
        payout_rule,
        first_round,
        last_round,
        round_number,
        payout_factor,
        settled_at,
        unnest(stakes, max_depth := 2)

    from simulations

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    model_id,
    stake_nmr,
    at_risk_nmr,
    payout_factor,
    score_used,
    payout_nmr,
    settled_at

from stakes
