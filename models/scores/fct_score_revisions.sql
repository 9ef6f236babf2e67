{{ config(materialized='incremental', meta={
    'worklist': 'int_target_days_due',
    'keys': ['round_number', 'target', 'score_day', 'known_at'],
    'redoes': 'is_due',
}) }}
{#
Grain: round_number, model_id, score, score_version, target, score_day, known_at. Every score by each delivery of
its target: what was known, and since when.
#}
with

scores as (

    select * from {{ ref('int_scores_known') }}

),

ranked as (

    select
        *,
        ({{ doubled_rank('scores_in_order') }} - 1)
        / (2 * count(value) over same_score) as percentile

    from scores
    where value is not null
    window
        same_score as (
            partition by round_number, score, score_version, target, score_day, known_at
        ),
        scores_in_order as (
            partition by round_number, score, score_version, target, score_day, known_at
            order by {{ comparable_score('value') }}
        )

),

staked as (

    select
        round_number,
        model_key,
        score,
        score_version,
        target,
        score_day,
        known_at,
        ({{ doubled_rank('scores_in_order') }} - 1)
        / (2 * count(*) over same_score) as staked_percentile

    from ranked
    where at_risk_nmr > 0
    window
        same_score as (
            partition by round_number, score, score_version, target, score_day, known_at
        ),
        scores_in_order as (
            partition by round_number, score, score_version, target, score_day, known_at
            order by {{ comparable_score('value') }}
        )

)

select
    round_number,
    scores.model_id,
    score,
    score_version,
    target,
    score_day,
    known_at,
    scores.value,
    scores.attained_by,
    scores.null_reason,
    ranked.percentile,
    staked.staked_percentile,
    scores.is_final,
    scores.metric is not null as is_canon,
    scores.metric,
    {{ build_started_at() }} as scored_at

from scores
left join ranked
    using (round_number, model_key, score, score_version, target, score_day, known_at)
left join staked
    using (round_number, model_key, score, score_version, target, score_day, known_at)
