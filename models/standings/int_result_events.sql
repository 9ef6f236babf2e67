{#
Grain: entrant_kind, entrant_id, measure, score, reputation_window, event_date. What each day adds to the sum and count of an
entrant's results in a window, since the last day before those to be summed whose sums are held: a result enters
on the day it is known, and leaves when it is revised or taken back, or its round's close falls out of the window.
Squares and signs go with it, for Sharpe ratios and shares of positive rounds.
#}
with

days as (

    select * from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

news as (

    select * from {{ ref('int_round_news') }}

),

rounds as (

    select * from {{ ref('int_results_due') }}

),

windows as (

    select * from {{ ref('reputation_windows') }}

),

results as (

    select * from {{ ref('int_results') }}

),

base as (

    select
        coalesce(any_value(base_date), '-infinity') as base_date,
        max(as_of_date) as last_date

    from days
    having count(*) > 0

),

round_windows as (

    select
        rounds.round_number,
        windows.reputation_window,
        {{ window_end('cast(rounds.close_at as date)', 'windows.months') }} as window_end

    from rounds
    cross join windows

),

changed_rounds as (

    select news.round_number
    from news
    inner join base on news.news_date > base.base_date

    union

    select round_windows.round_number
    from round_windows
    inner join base
        on
            round_windows.window_end > base.base_date
            and round_windows.window_end <= base.last_date

),

spans as (

    select
        results.entrant_kind,
        results.entrant_id,
        results.measure,
        results.score,
        round_windows.reputation_window,
        -- Amounts are rounded as in other sums, finer than scores.
        if(
            results.measure = 'payout_nmr',
            cast(results.value as decimal(38, 18)),
            {{ score_for_sums('results.value') }}
        ) as value,
        cast(results.value > 0 as integer) as positive,
        cast(results.known_at as date) as first_date,
        least(cast(results.until_at as date), round_windows.window_end) as end_date

    from results
    inner join changed_rounds on results.round_number = changed_rounds.round_number
    inner join round_windows on results.round_number = round_windows.round_number

),

held as (

    select
        *,
        {{ square_for_sums('value') }} as square

    from spans
    where end_date is null or first_date < end_date

),

events as (

    select
        * exclude (first_date, end_date, value, square, positive),
        first_date as event_date,
        value as value_change,
        square as square_change,
        1 as count_change,
        cast(square is not null as integer) as square_count_change,
        positive as positive_change

    from held

    union all

    select
        * exclude (first_date, end_date, value, square, positive),
        end_date as event_date,
        -value as value_change,
        -square as square_change,
        -1 as count_change,
        -cast(square is not null as integer) as square_count_change,
        -positive as positive_change

    from held
    where end_date is not null

)

select
    events.entrant_kind,
    events.entrant_id,
    events.measure,
    events.score,
    events.reputation_window,
    events.event_date,
    sum(events.value_change) as value_change,
    coalesce(sum(events.square_change), 0) as square_change,
    sum(events.count_change) as count_change,
    sum(events.square_count_change) as square_count_change,
    sum(events.positive_change) as positive_change

from events
inner join base
    on
        events.event_date > base.base_date
        and events.event_date <= base.last_date
group by all
