{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, model_id, score. Landed multipliers of the scores that a model is paid by. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

multipliers as (

    select * from {{ ref('stg_tournament__stake_multipliers') }}

)

select
    multipliers.round_number,
    multipliers.model_id,
    multipliers.score,
    multipliers.multiplier

from multipliers
inner join rounds_due on multipliers.round_number = rounds_due.round_number
where rounds_due.is_stale
