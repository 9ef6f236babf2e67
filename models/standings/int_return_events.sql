{#
Grain: entrant_kind, entrant_id, measure, score, reputation_window, event_date. What each day adds to an entrant's return of the
last days, since the last day before those to be summed whose sums are held. Whatever became known of payouts on a day
enters on it, revisions among them, and leaves when the window's days have passed. A window of days is of no other
measure.
#}
with

days as (

    select * from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

news as (

    select * from {{ ref('int_round_news') }}

),

windows as (

    select * from {{ ref('return_windows') }}

),

results as (

    select * from {{ ref('int_results') }}
    where measure = 'log_return'

),

base as (

    select
        coalesce(any_value(base_date), '-infinity') as base_date,
        max(as_of_date) as last_date

    from days
    having count(*) > 0

),

changed_rounds as (

    select distinct news.round_number
    from news
    cross join windows
    inner join base
        on
            news.news_date > base.base_date
            or (
                news.news_date + windows.days > base.base_date
                and news.news_date + windows.days <= base.last_date
            )

),

log_returns as (

    select
        results.*,
        {{ score_for_sums('results.value') }} as log_return

    from results
    inner join changed_rounds on results.round_number = changed_rounds.round_number

),

changes as (

    select
        * exclude (value),
        cast(known_at as date) as change_date,
        log_return as value_change,
        1 as count_change

    from log_returns

    union all

    select
        * exclude (value),
        cast(until_at as date) as change_date,
        -log_return as value_change,
        -1 as count_change

    from log_returns
    where until_at is not null

),

events as (

    select
        changes.*,
        windows.return_window as reputation_window,
        unnest([changes.change_date, changes.change_date + windows.days]) as event_date,
        unnest([1, -1]) as sign

    from changes
    cross join windows

)

select
    events.entrant_kind,
    events.entrant_id,
    events.measure,
    events.score,
    events.reputation_window,
    events.event_date,
    sum(events.sign * events.value_change) as value_change,
    sum(events.sign * events.count_change) as count_change

from events
inner join base
    on
        events.event_date > base.base_date
        and events.event_date <= base.last_date
group by all
