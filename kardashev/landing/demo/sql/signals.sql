-- Grain: round_number, ticker. The formulas of the demo's participants, higher is better,
-- from prices up to the era date; null where a stock's history does not reach. A month is
-- 21 trading days, a year 252; a price stands in for $carry_days days.
with

needed as (

    select
        min(day_number) - 756 - $carry_days as first_day,
        max(day_number) as last_day

    from eras

),

recent as (

    select stock_days.*

    from stock_days
    inner join needed
        on stock_days.day_number between needed.first_day and needed.last_day

),

formula_days as (

    select
        ticker,
        day_number,
        adj_close,
        last_value(adj_close) over week_ago as adj_close_week_ago,
        last_value(adj_close) over eleven_months_ago as adj_close_eleven_months_ago,
        last_value(adj_close) over year_ago as adj_close_year_ago,
        last_value(adj_close) over three_years_ago as adj_close_three_years_ago,
        avg(adj_close) over past_year as year_adj_close,
        avg(dollar_volume) over past_month as month_dollar_volume,
        avg(dollar_volume) over past_year as year_dollar_volume,
        avg(abs(total_return) / nullif(dollar_volume, 0)) over past_year as price_impact,
        max(total_return) over past_month as highest_return

    from recent
    window
        week_ago as (
            partition by ticker order by day_number
            range between 5 + $carry_days preceding and 5 preceding
        ),
        eleven_months_ago as (
            partition by ticker order by day_number
            range between 231 + $carry_days preceding and 231 preceding
        ),
        year_ago as (
            partition by ticker order by day_number
            range between 252 + $carry_days preceding and 252 preceding
        ),
        three_years_ago as (
            partition by ticker order by day_number
            range between 756 + $carry_days preceding and 756 preceding
        ),
        past_month as (
            partition by ticker order by day_number
            range between 20 preceding and current row
        ),
        past_year as (
            partition by ticker order by day_number
            range between 251 preceding and current row
        )

),

formulas as (

    select
        features.round_number,
        features.ticker,
        features.momentum_12_1,
        features.feature_momentum_6_1 as momentum_6_1,
        features.momentum_12_1 / nullif(features.volatility, 0) as smooth_momentum,
        features.feature_reversal_1m as reversal_1m,
        1 - formula_days.adj_close / formula_days.adj_close_week_ago as reversal_1w,
        1 - formula_days.adj_close_year_ago / formula_days.adj_close_three_years_ago
            as long_reversal,
        features.feature_high_52w as high_52w,
        formula_days.adj_close / formula_days.year_adj_close as trend,
        formula_days.adj_close_eleven_months_ago / formula_days.adj_close_year_ago
            as same_month_last_year,
        -features.volatility as low_volatility,
        -features.beta as low_beta,
        -formula_days.highest_return as low_lottery,
        -features.size as small_size,
        formula_days.price_impact as illiquidity,
        formula_days.month_dollar_volume / nullif(formula_days.year_dollar_volume, 0)
            as volume_trend

    from features
    inner join eras on features.round_number = eras.round_number
    inner join formula_days
        on
            features.ticker = formula_days.ticker
            and eras.day_number = formula_days.day_number

)

select
    formulas.*,
    avg(formulas.momentum_12_1) over sector as sector_momentum,
    formulas.momentum_12_1 - avg(formulas.momentum_12_1) over sector
        as momentum_in_sector,
    landed_universe.stock_id as id,
    landed_universe.bloomberg_ticker

from formulas
inner join landed_universe
    on
        formulas.round_number = landed_universe.round_number
        and formulas.ticker = landed_universe.stock_id
window sector as (partition by formulas.round_number, landed_universe.sector)
order by formulas.round_number, formulas.ticker
