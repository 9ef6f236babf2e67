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

held as (

    select
        portfolios.round_number,
        unnest(portfolios.weights) as holding

    from portfolios
    inner join rounds_due on portfolios.round_number = rounds_due.round_number
    where rounds_due.is_stale

)

select
    held.round_number,
    stock_keys.stock_id,
    held.holding.weight

from held
inner join stock_keys on held.holding.stock_key = stock_keys.stock_key
