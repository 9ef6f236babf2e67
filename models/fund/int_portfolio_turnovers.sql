{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number. What the fund trades for a round's portfolio, half the sum of absolute changes of what it holds: it
buys the portfolio and sells those whose returns have ended since the last round that has one. The first ones are
bought from nothing. A holiday moves an era by a day or two: returns that end less than half a round later have
ended.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

solutions as (

    select * from {{ ref('fct_portfolio_solutions') }}

),

portfolios as (

    select * from {{ ref('fct_portfolios') }}

),

held_rounds as (

    select
        rounds.round_number,
        rounds.era_date,
        rounds.era_date + rounds.calendar_days as end_date,
        rounds.calendar_days / rounds.rounds_at_once / 2 as half_a_round,
        results_due.is_after

    from rounds
    inner join solutions on rounds.round_number = solutions.round_number
    inner join results_due on rounds.round_number = results_due.round_number
    where solutions.stocks_held > 0

),

rounds_due as (

    select * from held_rounds
    where is_after

),

rounds_before as (

    select * from held_rounds
    where not is_after

),

-- Those whose returns had not ended for any round before the due ones.
unreplaced as (

    select matured.*
    from held_rounds as matured
    anti join rounds_before
        on matured.end_date - rounds_before.era_date < rounds_before.half_a_round

),

replacements as (

    select
        unreplaced.round_number as matured_round,
        arg_min(
            rounds_due.round_number, (rounds_due.era_date, rounds_due.round_number)
        ) as round_number

    from unreplaced
    inner join rounds_due
        on unreplaced.end_date - rounds_due.era_date < rounds_due.half_a_round
    group by all

),

positions as (

    select
        rounds_due.round_number,
        portfolios.stock_id,
        portfolios.weight

    from rounds_due
    inner join portfolios on rounds_due.round_number = portfolios.round_number

    union all

    select
        replacements.round_number,
        portfolios.stock_id,
        -portfolios.weight as weight

    from replacements
    inner join portfolios on replacements.matured_round = portfolios.round_number

),

trades as (

    select
        round_number,
        stock_id,
        {{ exact_sum('weight') }} as traded

    from positions
    group by all

),

replaced as (

    select
        round_number,
        count(*) as sleeves_replaced

    from replacements
    group by all

)

select
    trades.round_number,
    coalesce(replaced.sleeves_replaced, 0) as sleeves_replaced,
    {{ exact_sum('abs(trades.traded)') }} / 2 as turnover

from trades
left join replaced on trades.round_number = replaced.round_number
group by all
