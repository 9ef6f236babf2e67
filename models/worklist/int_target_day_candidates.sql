{#
Grain: round_number, target, score_day, known_at. The deliveries of targets to score, before contracts are judged:
those that changed, and all of a stale round's.
#}
with

landed as (

    select * from {{ ref('int_target_days_landed') }}

),

changed as (

    select * from {{ ref('int_target_days_changed') }}

),

rounds_due as (

    select * from {{ ref('int_round_candidates') }}

),

due as (

    select
        round_number,
        target,
        score_day,
        known_at

    from changed

    union

    select
        landed.round_number,
        landed.target,
        landed.score_day,
        landed.known_at

    from landed
    inner join rounds_due on landed.round_number = rounds_due.round_number
    where rounds_due.is_stale

)

select
    due.round_number,
    due.target,
    due.score_day,
    due.known_at,
    landed.is_final,
    landed.is_superseded,
    landed.has_target,
    landed.fingerprint

from due
left join landed using (round_number, target, score_day, known_at)
