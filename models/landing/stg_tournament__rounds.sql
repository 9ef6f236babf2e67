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
    open_at at time zone 'UTC' as open_at,
    close_at at time zone 'UTC' as close_at,
    payout_factor,
    total_at_risk_nmr,
    path

from source
