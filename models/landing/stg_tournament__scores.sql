{{ config(materialized='view') }}
{# Grain: round_number, model_id, score, score_version, score_day, known_at; the rounds that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'scores') }}

)

select
    round_number,
    model_id,
    score,
    score_version,
    score_day,
    value,
    {{ in_utc('known_at') }} as known_at,
    path

from source
