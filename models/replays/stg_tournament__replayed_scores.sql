{{ config(materialized='view') }}
{# Grain: payout_rule, first_round, last_round, round_number, meta_model, score, score_version, path. #}
-- depends_on: {{ ref('int_landing_manifest') }}
with

source as (

    select * from {{ source('landing', 'replayed_scores') }}

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    meta_model,
    score,
    score_version,
    target,
    value,
    frozen_value,
    path

from source
