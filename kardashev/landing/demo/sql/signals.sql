-- Grain: round_number, ticker. The formulas of the demo's participants, higher is better,
-- from prices up to the era date; null where a stock's history does not reach.
with

formula_days as (

    select
        ticker,
        day_number,
        last_value(adj_close) over year_ago as adj_close_year_ago,
        last_value(adj_close) over three_years_ago as adj_close_three_years_ago,
        avg(dollar_volume) over past_month as month_dollar_volume,
        avg(dollar_volume) over past_year as year_dollar_volume,
        max(total_return) over past_month as highest_return

    from stock_days
    window
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
        features.feature_reversal_1m as reversal_1m,
        features.feature_high_52w as high_52w,
        -features.volatility as low_volatility,
        -features.beta as low_beta,
        -features.size as small_size,
        1 - formula_days.adj_close_year_ago / formula_days.adj_close_three_years_ago
            as long_reversal,
        formula_days.month_dollar_volume / nullif(formula_days.year_dollar_volume, 0)
            as volume_trend,
        -formula_days.highest_return as low_lottery,
        cast(md5_number_lower(features.ticker || features.round_number) as double)
            as noise

    from features
    inner join eras on features.round_number = eras.round_number
    inner join formula_days
        on
            features.ticker = formula_days.ticker
            and eras.day_number = formula_days.day_number

),

members as (

    select formulas.*

    from formulas
    inner join landed_universe
        on
            formulas.round_number = landed_universe.round_number
            and formulas.ticker = landed_universe.stock_id

),

ranked as (

    select
        *,
        percent_rank() over (
            partition by round_number order by momentum_12_1
        ) as momentum_rank,
        percent_rank() over (
            partition by round_number order by low_volatility
        ) as calmness_rank,
        percent_rank() over (partition by round_number order by high_52w) as high_rank

    from members

)

select
    * exclude (momentum_rank, calmness_rank, high_rank),
    case
        when momentum_12_1 is not null and low_volatility is not null
            then momentum_rank + calmness_rank + high_rank
    end as blend

from ranked
order by round_number, ticker
