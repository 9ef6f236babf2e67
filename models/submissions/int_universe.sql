{{ config(materialized='incremental', meta={'worklist': 'int_loadings_due', 'redoes': 'true'}) }}
{# Grain: round_number, stock_key. The stocks of each held round, and of those of validation. #}
with

loadings_due as (

    select * from {{ ref('int_loadings_due') }}

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
inner join loadings_due on universe.round_number = loadings_due.round_number
inner join stock_keys on universe.stock_id = stock_keys.stock_id
where loadings_due.is_made
