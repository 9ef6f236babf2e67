{#
Grain: round_number, target, score_day, known_at. The deliveries of each target day that a score is taken on, of
the target itself or of scores taken elsewhere; the newest counts, whole, and the former ones say what was known
before. A day before a landed final day is superseded: only scores that keep their daily values still have it.
The close of a round is the one delivery of the target `none`.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_targets as (

    select * from {{ ref('int_round_targets') }}

),

score_deliveries as (

    select * from {{ ref('int_score_deliveries') }}

),

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

deliveries as (

    select
        manifest.round_number,
        manifest.target,
        manifest.score_day,
        round_targets.final_score_day,
        manifest.known_at,
        true as has_target,
        sum(cast(manifest.content_hash as hugeint)) as content_hash,
        sum(manifest.row_count) as row_count

    from manifest
    inner join round_targets
        on
            manifest.round_number = round_targets.round_number
            and manifest.target = round_targets.target
            and manifest.score_day between 1 and round_targets.final_score_day
    where
        manifest.table_name = 'targets'
        and manifest.known_at is not null
        and manifest.problem is null
    group by all

),

closes as (

    select
        round_targets.round_number,
        round_targets.target,
        round_targets.final_score_day as score_day,
        round_targets.final_score_day,
        rounds.close_at as known_at,
        true as has_target,
        0 as content_hash,
        0 as row_count

    from round_targets
    inner join rounds on round_targets.round_number = rounds.round_number
    inner join rounds_landed on round_targets.round_number = rounds_landed.round_number
    where round_targets.target = 'none' and rounds_landed.is_closed

),

parts as (

    select * from deliveries
    union all by name
    select * from closes
    union all by name
    select
        *,
        false as has_target
    from score_deliveries

),

all_deliveries as (

    select
        round_number,
        target,
        score_day,
        final_score_day,
        known_at,
        bool_or(has_target) as has_target,
        sum(content_hash) as content_hash,
        sum(row_count) as row_count

    from parts
    group by all

),

marked as (

    select
        *,
        score_day = final_score_day as is_final,
        score_day < max(score_day) filter (where score_day = final_score_day)
            over (partition by round_number, target) as is_before_final

    from all_deliveries

)

select
    round_number,
    target,
    score_day,
    known_at,
    is_final,
    coalesce(is_before_final, false) as is_superseded,
    has_target,
    md5(concat_ws(':', content_hash, row_count, is_superseded, has_target)) as fingerprint

from marked
