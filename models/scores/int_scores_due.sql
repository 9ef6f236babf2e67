{#
Grain: round_number, score, score_version, target, score_day, known_at. The scores to take of each due target
day, with what is known of the stocks that the day covers. A score that is a product of signals and a vector (CORR,
FNC, MMC, CWMM) says of which vector (vector_kind), and in which transform it meets the ranks of which form of signals.
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
    target_days_due.known_at,
    round_scores.family,
    round_scores.meta_model,
    round_scores.factor_set,
    round_scores.has_target_power,
    round_scores.top_bottom,
    round_scores.extreme_form,
    round_scores.normalizer,
    round_scores.scale,
    round_scores.minimum_overlap,
    round_scores.metric,
    case
        when round_scores.family = 'correlation'
            then coalesce(round_scores.factor_set, 'plain')
        else 'plain'
    end as signal_form,
    case
        when
            round_scores.top_bottom is not null
            or round_scores.family not in ('correlation', 'rank_correlation', 'contribution')
            then null
        when round_scores.target = 'none' then 'meta model'
        when round_scores.family = 'contribution' then 'target for contributions'
        when round_scores.family = 'rank_correlation' then 'ranked target'
        when round_scores.has_target_power then 'powered target'
        else 'target'
    end as vector_kind,
    case round_scores.family
        when 'correlation' then 'power'
        when 'rank_correlation' then 'rank'
        else 'gaussian'
    end as transform,
    coalesce(coverages.coverage_id, 0) as coverage_id,
    coalesce(coverages.stock_count, 0) as stock_count,
    coalesce(coverages.overlap_share, 0) as overlap_share,
    coverages.target_mean,
    coverages.shared_mean,
    coalesce(coverages.is_binned, false) as is_binned,
    coalesce(coverages.is_constant, false) as is_constant,
    target_days_due.is_final

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
    and target_days_due.has_target
    and round_scores.family != 'landed'
    and (round_scores.keeps_daily or not target_days_due.is_superseded)
