{{ config(materialized='incremental', meta={'redoes': 'is_prepared or is_pruned'}) }}
{# Grain: round_number, stock_key. The stocks of each held round. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

stock_keys as (

    select * from {{ ref('int_stock_keys') }}

)

select
    universe.round_number,
    stock_keys.stock_key,
    universe.stock_id,
    universe.sample_weight,
    universe.country,
    universe.sector

from universe
inner join rounds_due on universe.round_number = rounds_due.round_number
inner join stock_keys on universe.stock_id = stock_keys.stock_id
where rounds_due.is_prepared
