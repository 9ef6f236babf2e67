{{ config(materialized='view') }}
{# Grain: round_number, stock_id, factor; the rounds that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'factors') }}

)

select
    round_number,
    stock_id,
    factor,
    value,
    path

from source
