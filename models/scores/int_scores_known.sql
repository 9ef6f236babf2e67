{{ config(materialized='view') }}
{#
Grain: round_number, model_key, score, score_version, target, score_day, known_at. Every score of the due target days:
taken elsewhere, or, where none was landed in the same delivery, taken here.
#}
with

computed as (

    select * from {{ ref('int_scores') }}

),

landed as (

    select * from {{ ref('int_scores_elsewhere') }}

)

select * from landed

union all by name

select computed.*
from computed
anti join landed
    on
        computed.round_number = landed.round_number
        and computed.model_key = landed.model_key
        and computed.score = landed.score
        and computed.score_version = landed.score_version
        and computed.score_day = landed.score_day
        and computed.known_at = landed.known_at
