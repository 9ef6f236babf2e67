{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, meta_model, stock_id. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

stock_keys as (

    select * from {{ ref('int_stock_keys') }}

)

select
    meta_models.round_number,
    meta_models.meta_model,
    stock_keys.stock_id,
    meta_models.value

from meta_models
inner join rounds_due on meta_models.round_number = rounds_due.round_number
inner join stock_keys on meta_models.stock_key = stock_keys.stock_key
where rounds_due.is_stale
