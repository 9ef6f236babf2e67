{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, model_key. The stakes as landed, before a rule sets one to zero. #}
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
    stakes.stake_nmr

from stakes
inner join rounds_due on stakes.round_number = rounds_due.round_number
inner join model_keys on stakes.model_id = model_keys.model_id
where rounds_due.is_stale
