{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, model_id, known_at. Every payout from when it was settled on, by what was known: the first row
settles it, a later one stands where it changed.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

payouts as (

    select * from {{ ref('int_payouts') }}

),

settled as (

    select
        payouts.*,
        lag(payouts.payout_nmr) over known_in_order as former_payout_nmr,
        lag(payouts.score_used) over known_in_order as former_score_used,
        lag(payouts.unpaid_reason) over known_in_order as former_reason

    from payouts
    inner join payouts_due on payouts.round_number = payouts_due.round_number
    where payouts_due.is_due and payouts.settled_at is not null
    window
        known_in_order as (
            partition by payouts.round_number, payouts.model_id order by payouts.known_at
        )

)

select
    round_number,
    model_id,
    known_at,
    score_used,
    payout_nmr,
    payout_nmr - coalesce(former_payout_nmr, 0) as change_nmr,
    unpaid_reason,
    known_at = settled_at as is_first

from settled
where
    known_at = settled_at
    or payout_nmr != former_payout_nmr
    or (score_used is distinct from former_score_used)
    or (unpaid_reason is distinct from former_reason)
