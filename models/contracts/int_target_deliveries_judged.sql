{#
Grain: round_number, target, score_day, known_at; the last three may be null. The deliveries that the contract of
targets/ is judged on: those to be scored, and those that nothing can be scored on. No final day: no such target.
#}
with

candidates as (

    select * from {{ ref('int_target_day_candidates') }}

),

target_strays as (

    select * from {{ ref('int_target_strays') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

),

deliveries as (

    select
        round_number,
        target,
        score_day,
        known_at

    from candidates
    union
    select * from target_strays

)

select
    deliveries.*,
    rounds.era_date,
    rounds.close_at,
    target_definitions.final_score_day,
    coalesce(target_definitions.is_binned, false) as is_binned

from deliveries
inner join rounds on deliveries.round_number = rounds.round_number
left join target_definitions
    on
        rounds.rule_set = target_definitions.tournament
        and deliveries.target = target_definitions.target
