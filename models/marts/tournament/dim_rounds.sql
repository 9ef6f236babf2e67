{{ config(materialized='table') }}
{# Grain: round_number. The calendar, and which rounds are resolved: every score on them final. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

landed as (

    select * from {{ ref('int_target_days_landed') }}

),

final_days as (

    select distinct
        round_number,
        target,
        final_score_day as score_day

    from round_scores

),

resolutions as (

    select
        final_days.round_number,
        bool_and(landed.known_at is not null) as is_resolved

    from final_days
    left join landed using (round_number, target, score_day)
    group by all

)

select
    rounds.round_number,
    rounds.tournament,
    rounds.rule_set,
    rounds.kind,
    rounds.era_date,
    rounds.open_at,
    rounds.close_at,
    coalesce(resolutions.is_resolved, false) as is_resolved

from rounds
left join resolutions on rounds.round_number = resolutions.round_number
