{{ config(materialized='view') }}
{# Grain: round_number, stock_id; the rounds that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'universe') }}

)

select
    round_number,
    stock_id,
    sample_weight,
    country,
    sector,
    numerai_ticker,
    composite_figi,
    bloomberg_ticker,
    sedol,
    cusip,
    ticker,
    path

from source
