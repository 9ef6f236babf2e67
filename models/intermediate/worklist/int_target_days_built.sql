{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_days_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'is_due',
    },
) }}
{#
Grain: round_number, target, score_day, known_at. The ledger of target days, written when their scores are
done.
#}
-- depends_on: {{ ref('fct_scores') }}
-- depends_on: {{ ref('fct_true_contributions') }}
-- depends_on: {{ ref('int_portfolio_returns') }}
-- depends_on: {{ ref('int_model_returns') }}
-- depends_on: {{ ref('int_meta_model_scores') }}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

)

select
    round_number,
    target,
    score_day,
    known_at,
    fingerprint,
    build_id

from target_days_due
where is_due
