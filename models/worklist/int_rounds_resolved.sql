{{ config(materialized='view') }}
{#
Grain: round_number. Whether every target that a round is scored on has its final day scored, or will have when this
build is done. The ledger keeps withdrawn deliveries, without a fingerprint: these neither resolve a round nor keep it
open.
#}
with

round_targets as (

    select * from {{ ref('int_round_targets') }}

),

before as (

    select * from {{ ref('int_target_days_before') }}

),

changed as (

    select * from {{ ref('int_target_days_changed') }}

),

final_days as (

    select
        round_targets.round_number,
        round_targets.target,
        count(before.fingerprint) > 0 as is_scored,
        count(changed.round_number) > 0 as is_changed,
        count(changed.fingerprint) > 0 as is_delivered

    from round_targets
    left join before
        on
            round_targets.round_number = before.round_number
            and round_targets.target = before.target
            and round_targets.final_score_day = before.score_day
    left join changed
        on
            round_targets.round_number = changed.round_number
            and round_targets.target = changed.target
            and round_targets.final_score_day = changed.score_day
    group by all

)

select
    round_number,
    bool_and(is_scored and not is_changed) as is_resolved,
    bool_and(is_delivered or (is_scored and not is_changed)) as will_be_resolved

from final_days
group by all
