{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, model_id, lag_round. Each accepted submission beside each of the same model in its window. Each
figure is judged by itself: where one cannot be taken, the others stand.
#}
with

stability as (

    select * from {{ ref('int_stability') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

)

select
    stability.round_number,
    model_keys.model_id,
    stability.lag_round,
    stability.churn,
    stability.turnover,
    stability.neutral_churn,
    coalesce(stability.churn, stability.turnover, stability.neutral_churn) is not null
        as is_comparable

from stability
inner join model_keys on stability.model_key = model_keys.model_key
