{{ config(meta={'worklist': 'int_target_days_due', 'redoes': 'true'}) }}
{# Grain: round_number, model_id, score, score_version, target, score_day. Current value of every score. #}
with

scores as (

    select * from {{ ref('int_scores') }}

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
            partition by round_number, score, score_version, target, score_day
        ),
        scores_in_order as (
            partition by round_number, score, score_version, target, score_day
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
        ({{ doubled_rank('scores_in_order') }} - 1)
        / (2 * count(*) over same_score) as staked_percentile

    from ranked
    where at_risk_nmr > 0
    window
        same_score as (
            partition by round_number, score, score_version, target, score_day
        ),
        scores_in_order as (
            partition by round_number, score, score_version, target, score_day
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
    scores.value,
    scores.null_reason,
    ranked.percentile,
    staked.staked_percentile,
    scores.is_final,
    scores.is_canon,
    scores.known_at,
    {{ build_started_at() }} as scored_at

from scores
left join ranked
    using (round_number, model_key, score, score_version, target, score_day)
left join staked
    using (round_number, model_key, score, score_version, target, score_day)
