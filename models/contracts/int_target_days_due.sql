{#
Grain: round_number, target, score_day, known_at. The worklist of targets: the candidates, less those of rounds
that are left out, or that a backfill is not asked for, which stay due.
#}
with

candidates as (

    select * from {{ ref('int_target_day_candidates') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

refused as (

    select * from {{ ref('int_rounds_refused') }}

),

left_out as (

    select round_number
    from rounds_due
    where is_left_out

    union

    select round_number
    from refused

)

select
    candidates.round_number,
    candidates.target,
    candidates.score_day,
    candidates.known_at,
    candidates.is_final,
    candidates.is_superseded,
    candidates.has_target,
    candidates.fingerprint,
    '{{ invocation_id }}' as build_id,
    left_out.round_number is null and {{ is_asked('candidates.round_number') }} as is_due

from candidates
left join left_out on candidates.round_number = left_out.round_number
