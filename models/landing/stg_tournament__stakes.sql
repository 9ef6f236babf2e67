{{ config(materialized='view') }}
{# Grain: round_number, model_id; the rounds that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'stakes') }}

)

select
    round_number,
    model_id,
    stake_nmr,
    path

from source
