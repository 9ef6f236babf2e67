{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, stock_id. What the fund holds and sells for a round: it buys the round's portfolio and sells those that
the round replaces. The first ones are bought from nothing.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

replacements as (

    select * from {{ ref('int_portfolio_replacements') }}

),

portfolios as (

    select * from {{ ref('fct_portfolios') }}

),

positions as (

    select
        results_due.round_number,
        portfolios.stock_id,
        portfolios.weight,
        0 as sold_weight,
        portfolios.relative_weight,
        portfolios.round_number as held_round

    from results_due
    semi join rounds on results_due.round_number = rounds.round_number
    inner join portfolios on results_due.round_number = portfolios.round_number
    where results_due.is_after

    union all

    select
        replacements.round_number,
        portfolios.stock_id,
        0 as weight,
        portfolios.weight as sold_weight,
        portfolios.relative_weight,
        portfolios.round_number as held_round

    from replacements
    inner join portfolios on replacements.matured_round = portfolios.round_number

),

eras as (

    select
        positions.*,
        rounds.era_date

    from positions
    inner join rounds on positions.held_round = rounds.round_number

)

select
    round_number,
    stock_id,
    {{ exact_sum('weight') }} as weight,
    {{ exact_sum('sold_weight') }} as sold_weight,
    {{ exact_sum('weight - sold_weight') }} as traded_weight,
    arg_max(relative_weight, (era_date, held_round)) as relative_weight

from eras
group by all
