{#
Grain: one row. The warehouse's clock, never wall time: what time it is at least, as the operator's tables show. A
round shows when it opened, unless it opens too far beyond the others. A delivery of a target or score shows when it
was known, but never more than that the final day of its round has come, and nothing if it is refused for coming too
late. A round that is refused for times too far away shows nothing at all, nor does one of validation beside live ones.
Participants show nothing.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

rounds_apart as (

    select * from {{ ref('int_rounds_apart') }}

),

round_targets as (

    select * from {{ ref('int_round_targets') }}

),

expectations as (

    select * from {{ ref('int_round_expectations') }}

),

far_rounds as (

    select rounds.round_number
    from rounds
    inner join rounds_apart on rounds.round_number = rounds_apart.round_number
    inner join expectations on rounds.round_number = expectations.round_number
    where
        (
            expectations.metric = 'years_beyond_others'
            and rounds_apart.years_beyond_others > expectations.at_most
        )
        or (
            expectations.metric = 'years_open'
            and date_diff('year', rounds.open_at, rounds.close_at) > expectations.at_most
        )

),

not_far_rounds as (

    select rounds.*
    from rounds
    anti join far_rounds on rounds.round_number = far_rounds.round_number

),

live_rounds as (

    select *
    from not_far_rounds
    where kind is distinct from 'validation'

),

near_rounds as (

    select * from live_rounds
    union all by name
    select *
    from not_far_rounds
    where not exists (select 1 from live_rounds)

),

openings as (

    select open_at as clock_at from near_rounds

),

last_days as (

    select
        round_number,
        max(final_score_day) as final_score_day

    from round_targets
    group by all

),

final_days as (

    select
        near_rounds.round_number,
        near_rounds.close_at,
        near_rounds.close_at
        + to_days({{ calendar_days('last_days.final_score_day') }}) as final_at

    from near_rounds
    inner join last_days on near_rounds.round_number = last_days.round_number
    where near_rounds.close_at is not null

),

deliveries as (

    select least(manifest.known_at, final_days.final_at) as clock_at
    from manifest
    inner join final_days on manifest.round_number = final_days.round_number
    left join expectations
        on
            manifest.round_number = expectations.round_number
            and manifest.table_name = expectations.contract
            and expectations.metric = 'days_known_after_close'
    where
        manifest.table_name in ('targets', 'scores')
        and manifest.known_at is not null
        and manifest.problem is null
        and coalesce(
            date_diff('day', final_days.close_at, manifest.known_at)
            <= expectations.at_most,
            true
        )

),

shown as (

    select clock_at from openings
    union all
    select clock_at from deliveries

)

select max(clock_at) as clock_at
from shown
