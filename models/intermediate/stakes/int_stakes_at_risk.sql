{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, model_key. Each landed stake, and what of it is at risk: for now, all of it. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

)

select
    stakes.round_number,
    model_keys.model_key,
    stakes.model_id,
    stakes.stake_nmr,
    stakes.stake_nmr as at_risk_nmr,
    cast(null as varchar) as zeroed_reason,
    cast(null as double) as max_churn,
    cast(null as double) as max_turnover

from stakes
inner join rounds_due on stakes.round_number = rounds_due.round_number
inner join model_keys on stakes.model_id = model_keys.model_id
where rounds_due.is_stale
