{#
Grain: round_number. Half the sum of absolute differences between a round's optimized portfolio and that of
the last round before it that has one, over the stocks of either; the first portfolio is bought from
nothing.
#}
with

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

portfolios as (

    select * from {{ ref('fct_portfolios') }}

),

held_rounds as (

    select distinct round_number
    from portfolios

),

pairs as (

    select
        rounds.round_number,
        lag(rounds.round_number) over (
            order by rounds.era_date, rounds.round_number
        ) as previous_round

    from rounds
    inner join held_rounds on rounds.round_number = held_rounds.round_number

),

positions as (

    select
        pairs.round_number,
        portfolios.stock_id,
        portfolios.weight

    from pairs
    inner join portfolios on pairs.round_number = portfolios.round_number

    union all

    select
        pairs.round_number,
        portfolios.stock_id,
        -portfolios.weight as weight

    from pairs
    inner join portfolios on pairs.previous_round = portfolios.round_number

),

trades as (

    select
        round_number,
        stock_id,
        {{ exact_sum('weight') }} as traded

    from positions
    group by all

)

select
    pairs.round_number,
    pairs.previous_round,
    {{ exact_sum('abs(trades.traded)') }} / 2 as turnover

from pairs
inner join trades on pairs.round_number = trades.round_number
group by all
