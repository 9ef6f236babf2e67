{{ config(materialized='view') }}
{# Grain: payout_rule, first_round, last_round, round_number, model_id, path. #}
-- depends_on: {{ ref('int_landing_manifest') }}
with

source as (

    select * from {{ source('landing', 'replayed_stakes') }}

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    model_id,
    stake_nmr,
    at_risk_nmr,
    payout_factor,
    score_used,
    payout_nmr,
    {{ in_utc('settled_at') }} as settled_at,
    path

from source
