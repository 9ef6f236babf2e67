{{ config(materialized='view') }}
{# Grain: round_number, stock_id, path; the rounds that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'factors') }}

)

select
    round_number,
    stock_id,
    column_names,
    column_values,
    path

from source
