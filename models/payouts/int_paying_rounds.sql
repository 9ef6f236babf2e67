{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number. The live rounds with what their payouts follow from, as it was when the round was last built: what is
landed for a refused round since then changes nothing.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

)

select
    rounds.round_number,
    rounds.rule_set,
    rounds.open_at,
    rounds.close_at,
    rounds.payout_factor,
    rounds.total_at_risk_nmr

from rounds
inner join rounds_due on rounds.round_number = rounds_due.round_number
where rounds_due.is_stale and rounds.kind = 'live'
