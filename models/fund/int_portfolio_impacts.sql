{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number. What the fund's trades for a round move prices by, by the square-root law: a trade costs coefficient ×
volatility × √(trade / daily volume) of itself. A trade is weight × capital share × size of the fund. So the cost, as a
share of the round's capital, is a number times the root of the fund's size; this is the number. A stock's daily
volume is that of a stock of mean sample weight, times a power of its own over the mean.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

trades as (

    select * from {{ ref('int_portfolio_trades') }}

),

priced as (

    select
        trades.round_number,
        abs(trades.traded_weight) as traded,
        rounds.impact_coefficient * rounds.daily_volatility as move,
        1 / rounds.rounds_at_once as capital_share,
        rounds.typical_volume_usd
        * pow(trades.relative_weight, rounds.volume_power) as daily_volume_usd

    from trades
    inner join results_due on trades.round_number = results_due.round_number
    inner join rounds on trades.round_number = rounds.round_number
    where
        results_due.is_after
        and rounds.typical_volume_usd is not null

)

select
    round_number,
    {{ exact_sum_of_amounts('traded * move * sqrt(traded * capital_share / daily_volume_usd)') }}
        as impact_per_root_usd

from priced
group by all
