{{ config(materialized='view') }}
{# Grain: round_number. #}
-- depends_on: {{ ref('int_landing_manifest') }}
with

source as (

    select * from {{ source('landing', 'rounds') }}

)

select
    round_number,
    tournament,
    kind,
    era_date,
    {{ in_utc('open_at') }} as open_at,
    {{ in_utc('close_at') }} as close_at,
    payout_factor,
    total_at_risk_nmr,
    path

from source
