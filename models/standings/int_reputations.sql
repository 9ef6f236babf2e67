{#
Grain: entrant_kind, entrant_id, score, as_of_date. Mean of the final scores known by the day, of rounds that closed
in the year before it, in the three months before it, and ever. Sums are exact, so that scores which left leave
nothing behind.
#}
with

events as (

    select * from {{ ref('int_reputation_events') }}

),

as_of_dates as (

    select * from {{ ref('int_as_of_dates') }}

),

running as (

    select
        entrant_kind,
        entrant_id,
        score,
        reputation_window,
        event_date,
        sum(value_change) over to_date as value_sum,
        sum(round_change) over to_date as round_count

    from events
    window
        to_date as (
            partition by entrant_kind, entrant_id, score, reputation_window
            order by event_date
        )

),

series as (

    select distinct
        entrant_kind,
        entrant_id,
        score,
        reputation_window

    from running

),

daily as (

    select
        series.*,
        as_of_dates.as_of_date

    from series
    cross join as_of_dates

),

standing as (

    select
        daily.*,
        cast(running.round_count as integer) as round_count,
        cast(running.value_sum as double) / nullif(running.round_count, 0) as reputation

    from daily
    asof join running
        on
            daily.entrant_kind = running.entrant_kind
            and daily.entrant_id = running.entrant_id
            and daily.score = running.score
            and daily.reputation_window = running.reputation_window
            and daily.as_of_date >= running.event_date

)

select
    entrant_kind,
    entrant_id,
    score,
    as_of_date,
    any_value(reputation) filter (where reputation_window = 'one_year') as reputation,
    any_value(reputation) filter (where reputation_window = 'three_months')
        as reputation_three_months,
    any_value(reputation) filter (where reputation_window = 'all_time')
        as reputation_all_time,
    any_value(round_count) filter (where reputation_window = 'one_year') as round_count

from standing
group by all
