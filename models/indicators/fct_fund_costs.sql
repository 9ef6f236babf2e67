{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, fund_size_usd; final rounds. What the fund would have kept of a round's return at each size: trading costs
do not depend on it, market impact grows with its root.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

returns as (

    select * from {{ ref('int_fund_returns') }}

),

impacts as (

    select * from {{ ref('int_portfolio_impacts') }}

),

fund_sizes as (

    select * from {{ ref('fund_sizes') }}

),

costs as (

    select
        returns.round_number,
        returns.known_at,
        returns.portfolio_return,
        returns.turnover,
        returns.trading_cost,
        returns.net_return,
        impacts.impact_per_root_usd

    from returns
    inner join results_due on returns.round_number = results_due.round_number
    inner join impacts on returns.round_number = impacts.round_number
    where results_due.is_after and returns.is_final

)

select
    costs.round_number,
    fund_sizes.fund_size_usd,
    costs.known_at,
    costs.portfolio_return,
    costs.turnover,
    costs.trading_cost,
    costs.impact_per_root_usd * sqrt(fund_sizes.fund_size_usd) as impact_cost,
    costs.net_return
    - costs.impact_per_root_usd * sqrt(fund_sizes.fund_size_usd) as net_return

from costs
cross join fund_sizes
