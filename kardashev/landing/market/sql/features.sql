-- Grain: round_number, ticker. What prices up to the era date say of each stock traded
-- on it. A month is 21 trading days, a year 252; a price stands in for $carry_days days.
create or replace table features as
with

needed as (

    select
        min(day_number) - 252 - $carry_days as first_day,
        max(day_number) as last_day

    from eras

),

recent as (

    select stock_days.*

    from stock_days
    inner join needed
        on stock_days.day_number between needed.first_day and needed.last_day

),

measured as (

    select
        ticker,
        day_number,
        days_of_history,
        close,
        adj_close,
        last_value(adj_close) over month_ago as adj_close_month_ago,
        last_value(adj_close) over half_year_ago as adj_close_half_year_ago,
        last_value(adj_close) over year_ago as adj_close_year_ago,
        max(adj_close) over past_year as highest_adj_close,
        median(dollar_volume) over past_quarter as quarter_dollar_volume,
        median(dollar_volume) over past_year as year_dollar_volume,
        regr_slope(total_return, market_return) over past_year as beta,
        stddev_samp(total_return) over past_year as daily_volatility

    from recent
    window
        month_ago as (
            partition by ticker order by day_number
            range between 21 + $carry_days preceding and 21 preceding
        ),
        half_year_ago as (
            partition by ticker order by day_number
            range between 126 + $carry_days preceding and 126 preceding
        ),
        year_ago as (
            partition by ticker order by day_number
            range between 252 + $carry_days preceding and 252 preceding
        ),
        past_quarter as (
            partition by ticker order by day_number
            range between 62 preceding and current row
        ),
        past_year as (
            partition by ticker order by day_number
            range between 251 preceding and current row
        )

)

select
    eras.round_number,
    measured.ticker,
    measured.days_of_history,
    measured.close,
    measured.quarter_dollar_volume,
    measured.beta,
    measured.adj_close_month_ago / measured.adj_close_year_ago - 1 as momentum_12_1,
    ln(nullif(measured.year_dollar_volume, 0)) as size,
    measured.daily_volatility * sqrt(252) as volatility,
    1 - measured.adj_close / measured.adj_close_month_ago as feature_reversal_1m,
    measured.adj_close_month_ago / measured.adj_close_half_year_ago - 1
        as feature_momentum_6_1,
    measured.adj_close / measured.highest_adj_close as feature_high_52w

from measured
inner join eras on measured.day_number = eras.day_number
