{#
Grain: round_number, score, score_version, target, score_day, known_at. The scores to take of each due target
day, with what is known of the stocks that the day covers.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

coverages as (

    select * from {{ ref('int_target_coverages') }}

)

select
    target_days_due.round_number,
    round_scores.score,
    round_scores.score_version,
    target_days_due.target,
    target_days_due.score_day,
    round_scores.family,
    round_scores.meta_model,
    round_scores.has_target_power,
    round_scores.normalizer,
    round_scores.scale,
    round_scores.minimum_overlap,
    round_scores.is_canon,
    coalesce(coverages.coverage_id, 0) as coverage_id,
    coalesce(coverages.stock_count, 0) as stock_count,
    coalesce(coverages.overlap_share, 0) as overlap_share,
    coverages.target_mean,
    coverages.shared_mean,
    coalesce(coverages.is_binned, false) as is_binned,
    coalesce(coverages.is_constant, false) as is_constant,
    target_days_due.is_final,
    target_days_due.known_at

from target_days_due
inner join round_scores
    on
        target_days_due.round_number = round_scores.round_number
        and target_days_due.target = round_scores.target
left join coverages
    on
        target_days_due.round_number = coverages.round_number
        and target_days_due.target = coverages.target
        and target_days_due.score_day = coverages.score_day
        and target_days_due.known_at = coverages.known_at
where
    target_days_due.is_due
    and target_days_due.fingerprint is not null
    and (round_scores.keeps_daily or not target_days_due.is_superseded)
