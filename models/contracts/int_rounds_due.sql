{#
Grain: round_number. The build's worklist: the candidates, less those left out. A refused round is left out,
and so is a stale one that has, or had, a refused one in its window: their flags are off, they keep their last
good rows, and stay due: the next build finds here what they were. A round that a backfill is not asked for is left
out likewise, but prepared where the window of one that it is asked for needs it.
#}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

refused as (

    select * from {{ ref('int_rounds_refused') }}

),

kept_out as (

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

),

wanted as (

    select
        round_number,
        true as is_asked

    from candidates
    where {{ is_asked('round_number') }}

    union all

    select
        unnest(lag_rounds) as round_number,
        false as is_asked

    from candidates
    where is_stale and {{ is_asked('round_number') }}

),

allowed as (

    select
        wanted.round_number,
        bool_or(wanted.is_asked) as is_asked

    from wanted
    anti join kept_out on wanted.round_number = kept_out.round_number
    group by all

)

select
    candidates.round_number,
    candidates.fingerprint,
    candidates.lag_rounds,
    '{{ invocation_id }}' as build_id,
    not coalesce(allowed.is_asked, false) as is_left_out,
    candidates.is_changed and is_left_out as was_changed,
    candidates.is_stale and is_left_out as was_stale,
    candidates.is_changed and not is_left_out as is_changed,
    candidates.is_stale and not is_left_out as is_stale,
    candidates.is_prepared and allowed.round_number is not null as is_prepared,
    candidates.is_pruned and not is_left_out as is_pruned

from candidates
left join allowed on candidates.round_number = allowed.round_number
