{{ config(materialized='view') }}
{# Grain: round_number, stock_id, target, score_day, known_at; the target days that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'targets') }}

)

select
    round_number,
    stock_id,
    target,
    score_day,
    value,
    {{ in_utc('known_at') }} as known_at,
    path

from source
