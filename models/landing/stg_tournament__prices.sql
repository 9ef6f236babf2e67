{{ config(materialized='view') }}
{# Grain: day, path. What one NMR costs, as landed. #}
-- depends_on: {{ ref('int_landing_manifest') }}
with

source as (

    select * from {{ source('landing', 'prices') }}

)

select
    day,
    nmr_usd,
    path

from source
