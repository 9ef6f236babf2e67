{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, model_key. Models whose scores of a round were taken elsewhere: their submissions were accepted
there, and count as accepted here.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

scores as (

    select * from {{ ref('stg_tournament__scores') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

)

select distinct
    scores.round_number,
    model_keys.model_key,
    scores.model_id

from scores
inner join rounds_due on scores.round_number = rounds_due.round_number
inner join model_keys on scores.model_id = model_keys.model_id
where rounds_due.is_stale
