{#
Grain: round_number. The build's worklist: the candidates, less those left out. A refused round is left out,
and so is a stale one that has, or had, a refused one in its window: their flags are off, they keep their last
good rows, and stay due: the next build finds here what they were.
#}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

refused as (

    select * from {{ ref('int_rounds_refused') }}

),

left_out as (

    select round_number
    from refused

    union

    select candidates.round_number
    from candidates
    inner join refused
        on
            list_contains(candidates.lag_rounds, refused.round_number)
            or list_contains(candidates.former_lag_rounds, refused.round_number)
    where candidates.is_stale

)

select
    candidates.round_number,
    candidates.fingerprint,
    candidates.lag_rounds,
    '{{ invocation_id }}' as build_id,
    left_out.round_number is not null as is_left_out,
    candidates.is_changed and is_left_out as was_changed,
    candidates.is_stale and is_left_out as was_stale,
    candidates.is_changed and not is_left_out as is_changed,
    candidates.is_stale and not is_left_out as is_stale,
    candidates.is_prepared and not is_left_out as is_prepared,
    candidates.is_pruned and not is_left_out as is_pruned

from candidates
left join left_out on candidates.round_number = left_out.round_number
