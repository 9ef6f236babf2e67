{{ config(materialized='view') }}
{# Grain: round_number, factor_set. The sets that signals of each round are neutralized to: N, and those of its scores. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

)

select
    round_number,
    'neutralizers' as factor_set

from rounds

union

select
    round_number,
    factor_set

from round_scores
where family = 'correlation' and factor_set is not null
