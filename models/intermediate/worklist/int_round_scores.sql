{{ config(materialized='view') }}
{# Grain: round_number, score, score_version. The score definitions that apply to each round. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

score_definitions as (

    select * from {{ ref('score_definitions') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

)

select
    rounds.round_number,
    score_definitions.score,
    score_definitions.score_version,
    score_definitions.family,
    score_definitions.target,
    target_definitions.final_score_day,
    score_definitions.meta_model,
    score_definitions.has_target_power,
    score_definitions.normalizer,
    score_definitions.scale,
    score_definitions.minimum_overlap,
    score_definitions.is_canon,
    score_definitions.keeps_daily

from rounds
inner join score_definitions
    on
        rounds.rule_set = score_definitions.tournament
        and {{ applies_to_round('score_definitions', 'rounds.round_number') }}
inner join target_definitions
    on
        score_definitions.tournament = target_definitions.tournament
        and score_definitions.target = target_definitions.target
