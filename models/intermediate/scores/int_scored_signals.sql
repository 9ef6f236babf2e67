{{ config(materialized='view') }}
{# Grain: round_number, coverage_id, model_key, stock_key. The ranks that scores are taken on. #}
with

ranked as (

    select * from {{ ref('int_signals_ranked') }}

),

covered as (

    select * from {{ ref('int_covered_signals') }}

)

select
    round_number,
    cast(0 as bigint) as coverage_id,
    model_key,
    stock_key,
    doubled_rank

from ranked

union all

select
    round_number,
    coverage_id,
    model_key,
    stock_key,
    doubled_rank

from covered
