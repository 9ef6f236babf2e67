{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, model_id, lag_round. Each accepted submission beside each of the same model in its window.
#}
with

stability as (

    select * from {{ ref('int_stability') }}

)

select
    round_number,
    model_id,
    lag_round,
    churn,
    turnover,
    neutral_churn,
    is_comparable

from stability
