-- Grain: date. The weekdays on which at least half as many tickers trade as is usual.
-- What is usual looks backward only: later prices never change an earlier calendar.
create or replace table trading_days as
with

weekdays as (

    select
        date,
        count(*) as tickers

    from prices
    where isodow(date) <= 5
    group by date

),

measured as (

    select
        date,
        tickers,
        median(tickers) over (
            order by date rows between 251 preceding and current row
        ) as usual_tickers

    from weekdays

)

select
    date,
    cast(row_number() over (order by date) as integer) as day_number

from measured
where 2 * tickers >= usual_tickers
