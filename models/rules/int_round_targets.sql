{{ config(materialized='view') }}
{# Grain: round_number, target. The targets that a round is scored on, `none` for scores that need none. #}
with

round_scores as (

    select * from {{ ref('int_round_scores') }}

)

select distinct
    round_number,
    target,
    final_score_day

from round_scores
