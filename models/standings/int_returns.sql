{#
Grain: entrant_kind, entrant_id, as_of_date. Returns known by the day, of rounds that closed in the year before it, in
the three months before it, and ever: NMR, and Π (1 + payout / at risk) − 1.
#}
with

events as (

    select * from {{ ref('int_return_events') }}

),

as_of_dates as (

    select * from {{ ref('int_as_of_dates') }}

),

running as (

    select
        entrant_kind,
        entrant_id,
        reputation_window,
        event_date,
        sum(payout_change) over to_date as payout_sum,
        sum(log_return_change) over to_date as log_return

    from events
    window
        to_date as (
            partition by entrant_kind, entrant_id, reputation_window
            order by event_date
        )

),

series as (

    select distinct
        entrant_kind,
        entrant_id,
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
        cast(running.payout_sum as double) as payout_nmr,
        exp(cast(running.log_return as double)) - 1 as return_share

    from daily
    asof join running
        on
            daily.entrant_kind = running.entrant_kind
            and daily.entrant_id = running.entrant_id
            and daily.reputation_window = running.reputation_window
            and daily.as_of_date >= running.event_date

)

select
    entrant_kind,
    entrant_id,
    as_of_date,
    any_value(return_share) filter (where reputation_window = 'one_year') as return_one_year,
    any_value(return_share) filter (where reputation_window = 'three_months')
        as return_three_months,
    any_value(return_share) filter (where reputation_window = 'all_time') as return_all_time,
    any_value(payout_nmr) filter (where reputation_window = 'one_year') as payout_one_year_nmr,
    any_value(payout_nmr) filter (where reputation_window = 'three_months')
        as payout_three_months_nmr,
    any_value(payout_nmr) filter (where reputation_window = 'all_time')
        as payout_all_time_nmr

from standing
group by all
