{{ config(materialized='view') }}
{# Grain: round_number, coverage_id, model_key, stock_key. The neutral weights that scores are taken on. #}
with

neutral_weights as (

    select * from {{ ref('int_neutral_weights') }}

),

covered as (

    select * from {{ ref('int_covered_weights') }}

)

select
    round_number,
    cast(0 as bigint) as coverage_id,
    model_key,
    stock_key,
    weight

from neutral_weights

union all

select
    round_number,
    coverage_id,
    model_key,
    stock_key,
    weight

from covered
