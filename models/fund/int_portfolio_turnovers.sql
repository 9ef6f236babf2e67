{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{# Grain: round_number. How much the fund trades for a round's portfolio: half the sum of absolute changes of what it holds. #}
with

trades as (

    select * from {{ ref('int_portfolio_trades') }}

),

results_due as (

    select * from {{ ref('int_results_due') }}

),

replacements as (

    select * from {{ ref('int_portfolio_replacements') }}

),

trades_due as (

    select trades.*
    from trades
    inner join results_due on trades.round_number = results_due.round_number
    where results_due.is_after

),

replaced as (

    select
        round_number,
        count(*) as sleeves_replaced

    from replacements
    group by all

)

select
    trades_due.round_number,
    coalesce(replaced.sleeves_replaced, 0) as sleeves_replaced,
    {{ exact_sum('abs(trades_due.traded_weight)') }} / 2 as turnover,
    sum(
        cast(
            hash(trades_due.stock_id, trades_due.weight, trades_due.sold_weight) as hugeint
        )
    ) as content_hash

from trades_due
left join replaced on trades_due.round_number = replaced.round_number
group by all
