{{ config(materialized='view') }}
{#
Grain: round_number, target, score_day, known_at. Deliveries of scores taken elsewhere, by the target and day that each
score's definition says it is of.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

)

select
    manifest.round_number,
    round_scores.target,
    manifest.score_day,
    round_scores.final_score_day,
    manifest.known_at,
    sum(cast(manifest.content_hash as hugeint)) as content_hash,
    sum(manifest.row_count) as row_count

from manifest
inner join round_scores
    on
        manifest.round_number = round_scores.round_number
        and manifest.score = round_scores.score
        and manifest.score_version = round_scores.score_version
        and manifest.score_day between 0 and round_scores.final_score_day
where
    manifest.table_name = 'scores'
    and manifest.known_at is not null
    and manifest.problem is null
group by all
