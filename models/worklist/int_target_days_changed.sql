{{ config(materialized='view') }}
{#
Grain: round_number, target, score_day, known_at. Deliveries that differ from the ledger, or that a killed build left
half done; no fingerprint when one is no longer landed.
#}
with

landed as (

    select * from {{ ref('int_target_days_landed') }}

),

before as (

    select * from {{ ref('int_target_days_before') }}

)

select
    round_number,
    target,
    score_day,
    known_at,
    landed.fingerprint

from landed
full join before using (round_number, target, score_day, known_at)
where
    landed.fingerprint is distinct from before.fingerprint
    or coalesce(before.is_unfinished, false)
