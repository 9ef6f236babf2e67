{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_values_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'true',
    },
) }}
{#
Grain: round_number, target, score_day, known_at, stock_key. The values of each due target day on the stocks of its
round; those of rounds of validation are kept.
#}
with

values_due as (

    select * from {{ ref('int_target_values_due') }}
    where is_made

),

targets as (

    select * from {{ ref('stg_tournament__targets') }}

),

universe as (

    select * from {{ ref('int_universe') }}

)

select
    targets.round_number,
    targets.target,
    targets.score_day,
    targets.known_at,
    universe.stock_key,
    targets.value

from targets
inner join values_due
    on
        targets.round_number = values_due.round_number
        and targets.target = values_due.target
        and targets.score_day = values_due.score_day
        and targets.known_at = values_due.known_at
inner join universe
    on
        targets.round_number = universe.round_number
        and targets.stock_id = universe.stock_id
where isfinite(targets.value)
