{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, stock_id. The optimized portfolio; stocks without a weight have no row. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

portfolios as (

    select * from {{ ref('int_portfolios_optimized') }}

),

stock_keys as (

    select * from {{ ref('int_stock_keys') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

held as (

    select
        portfolios.round_number,
        unnest(portfolios.weights) as holding

    from portfolios
    inner join rounds_due on portfolios.round_number = rounds_due.round_number
    where rounds_due.is_stale

),

mean_weights as (

    select
        universe.round_number,
        {{ exact_sum_of_amounts('universe.sample_weight') }} / count(*) as sample_weight

    from universe
    inner join rounds_due on universe.round_number = rounds_due.round_number
    where rounds_due.is_stale
    group by all

)

select
    held.round_number,
    stock_keys.stock_id,
    held.holding.weight,
    universe.sample_weight / mean_weights.sample_weight as relative_weight

from held
inner join stock_keys on held.holding.stock_key = stock_keys.stock_key
inner join universe
    on
        held.round_number = universe.round_number
        and held.holding.stock_key = universe.stock_key
inner join mean_weights on held.round_number = mean_weights.round_number
