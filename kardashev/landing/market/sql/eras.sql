-- Grain: round_number. Numbers depend on cadence and date alone, so every run agrees on
-- them: weeks, or weekdays, since Monday 2000-01-03. Times are UTC, $opens and so on those of round_times.py.
create or replace table eras as
with

ends as (

    select max(date) as last_date
    from trading_days

),

dated as (

    select
        trading_days.date,
        trading_days.day_number,
        ends.last_date,
        cast(date_trunc('week', trading_days.date) as date) as monday

    from trading_days
    cross join ends

),

numbered as (

    select
        *,
        date_diff('day', date '2000-01-03', monday) // 7 as weeks

    from dated

),

ended as (

    select
        case $cadence
            when 'weekly' then weeks + 1
            else 5 * weeks + isodow(date)
        end as round_number,
        max(date) as era_date,
        max(day_number) as day_number,
        max(monday) as monday

    from numbered
    where $cadence = 'daily' or monday + 4 <= last_date
    group by all

),

timed as (

    select
        cast(round_number as integer) as round_number,
        era_date,
        day_number,
        monday,
        era_date + $opens as open_at

    from ended
    where era_date between $era_from and $era_to

)

select
    round_number,
    era_date,
    day_number,
    open_at,
    case $cadence
        when 'weekly' then monday + $closes_on_monday
        else open_at + $closes
    end as close_at

from timed
