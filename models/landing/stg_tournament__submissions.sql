{{ config(materialized='view') }}
{# Grain: round_number, model_id, submitted_at, id; the rounds that are due. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'submissions') }}

)

select
    round_number,
    model_id,
    {{ in_utc('submitted_at') }} as submitted_at,
    id_type,
    id as landed_id,
    signal + 0.0 as signal, -- a negative zero ties with zero
    path

from source
