{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, metric, other_metric; each pair of official series once, in the order of their names. How the two go
together in a round: Spearman over models of the final values of both. Ranks are whole numbers, doubled, so sums
are exact.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

final_scores as (

    select
        scores.round_number,
        scores.model_id,
        scores.metric,
        scores.score,
        scores.score_version,
        scores.known_at,
        {{ comparable_score('scores.value') }} as value

    from scores
    inner join results_due on scores.round_number = results_due.round_number
    where
        results_due.is_due
        and scores.is_final
        and scores.metric is not null
        and scores.value is not null

),

paired as (

    select
        final_scores.round_number,
        final_scores.metric,
        final_scores.score,
        final_scores.score_version,
        others.metric as other_metric,
        others.score as other_score,
        others.score_version as other_version,
        greatest(final_scores.known_at, others.known_at) as known_at,
        {{ doubled_rank('by_value') }} as score_rank,
        {{ doubled_rank('by_other_value') }} as other_rank

    from final_scores
    inner join final_scores as others
        on
            final_scores.round_number = others.round_number
            and final_scores.model_id = others.model_id
            and final_scores.metric < others.metric
    window
        by_value as (
            partition by final_scores.round_number, final_scores.metric, others.metric
            order by final_scores.value
        ),
        by_other_value as (
            partition by final_scores.round_number, final_scores.metric, others.metric
            order by others.value
        )

),

sums as (

    select
        round_number,
        metric,
        score,
        score_version,
        other_metric,
        other_score,
        other_version,
        max(known_at) as known_at,
        count(*) as n,
        cast(sum(cast(score_rank as hugeint) * other_rank) as double) as xy,
        cast(sum(cast(score_rank as hugeint) * score_rank) as double) as xx,
        cast(sum(cast(other_rank as hugeint) * other_rank) as double) as yy

    from paired
    group by all

)

select
    round_number,
    metric,
    score,
    score_version,
    other_metric,
    other_score,
    other_version,
    known_at,
    n as model_count,
    -- The mean of doubled ranks is n + 1.
    (xy - n * (n + 1) * (n + 1))
    / sqrt(nullif((xx - n * (n + 1) * (n + 1)) * (yy - n * (n + 1) * (n + 1)), 0)) as spearman

from sums
