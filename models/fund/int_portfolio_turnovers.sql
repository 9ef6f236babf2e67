{#
Grain: round_number. What the fund trades for a round's portfolio, half the sum of absolute changes of what it holds: it
buys the portfolio and sells those whose returns have ended since the last round that has one. The first ones are
bought from nothing. A holiday moves an era by a day or two: returns that end less than half a round later have
ended.
#}
with

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

portfolios as (

    select * from {{ ref('fct_portfolios') }}

),

held_rounds as (

    select
        rounds.round_number,
        rounds.era_date,
        rounds.era_date + rounds.calendar_days as end_date,
        rounds.calendar_days / rounds.rounds_at_once as days_a_round

    from rounds
    semi join portfolios on rounds.round_number = portfolios.round_number

),

replacements as (

    select
        matured.round_number as matured_round,
        arg_min(
            held_rounds.round_number, (held_rounds.era_date, held_rounds.round_number)
        ) as round_number

    from held_rounds as matured
    inner join held_rounds
        on matured.end_date - held_rounds.era_date < held_rounds.days_a_round / 2
    group by all

),

positions as (

    select
        held_rounds.round_number,
        portfolios.stock_id,
        portfolios.weight

    from held_rounds
    inner join portfolios on held_rounds.round_number = portfolios.round_number

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
