{#
Grain: round_number, target, score_day, known_at. The deliveries of each target day that a score is taken on;
the newest counts, whole, and the former ones say what was known before. A day before a landed final day is
superseded: only scores that keep their daily values still have it.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

scored_targets as (

    select distinct
        round_number,
        target,
        final_score_day

    from round_scores

),

deliveries as (

    select
        manifest.round_number,
        manifest.target,
        manifest.score_day,
        scored_targets.final_score_day,
        manifest.known_at,
        sum(cast(manifest.content_hash as hugeint)) as content_hash,
        sum(manifest.row_count) as row_count

    from manifest
    inner join scored_targets
        on
            manifest.round_number = scored_targets.round_number
            and manifest.target = scored_targets.target
            and manifest.score_day between 1 and scored_targets.final_score_day
    where manifest.table_name = 'targets'
    group by all

),

marked as (

    select
        *,
        score_day = final_score_day as is_final,
        score_day < max(score_day) filter (where score_day = final_score_day)
            over (partition by round_number, target) as is_before_final

    from deliveries

)

select
    round_number,
    target,
    score_day,
    known_at,
    is_final,
    coalesce(is_before_final, false) as is_superseded,
    md5(concat_ws(':', content_hash, row_count, is_superseded)) as fingerprint

from marked
