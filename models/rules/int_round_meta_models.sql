{{ config(materialized='view') }}
{# Grain: round_number, meta_model. The meta model definitions that apply to each round. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

meta_model_definitions as (

    select * from {{ ref('meta_model_definitions') }}

)

select
    rounds.round_number,
    meta_model_definitions.meta_model,
    meta_model_definitions.weighting,
    meta_model_definitions.is_of_benchmarks,
    meta_model_definitions.minimum_stake_nmr,
    meta_model_definitions.is_minimum_included

from rounds
inner join meta_model_definitions
    on
        rounds.rule_set = meta_model_definitions.tournament
        and {{ applies_to_round('meta_model_definitions', 'rounds') }}
