-- Grain: ticker, day_number. Prices on trading days, and returns beside the market's.
create or replace table stock_days as
with

priced as (

    select
        prices.ticker,
        trading_days.day_number,
        prices.close,
        prices.adj_close,
        prices.close * prices.volume as dollar_volume

    from prices
    inner join trading_days on prices.date = trading_days.date

),

followed as (

    select
        *,
        row_number() over ticker_days as days_of_history,
        lag(adj_close) over ticker_days as previous_adj_close,
        lag(day_number) over ticker_days as previous_day_number

    from priced
    window ticker_days as (partition by ticker order by day_number)

),

returned as (

    select
        ticker,
        day_number,
        close,
        adj_close,
        dollar_volume,
        days_of_history,
        case
            when day_number - 1 - previous_day_number <= $carry_days
                then adj_close / previous_adj_close - 1
        end as total_return

    from followed

),

markets as (

    select
        day_number,
        avg(total_return) as market_return

    from returned
    group by day_number

)

select
    returned.*,
    markets.market_return

from returned
inner join markets on returned.day_number = markets.day_number
