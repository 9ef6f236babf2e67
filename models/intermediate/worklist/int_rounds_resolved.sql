{{ config(materialized='view') }}
{# Grain: round_number. Whether every target that a round is scored on has its final day scored. #}
with

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

before as (

    select * from {{ ref('int_target_days_before') }}

),

changed as (

    select * from {{ ref('int_target_days_changed') }}

),

final_days as (

    select distinct
        round_number,
        target,
        final_score_day as score_day

    from round_scores

)

select
    final_days.round_number,
    bool_and(
        before.fingerprint is not null and changed.round_number is null
    ) as is_resolved

from final_days
left join before using (round_number, target, score_day)
left join changed using (round_number, target, score_day)
group by all
