{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, metric. How every official series goes with True Contribution in a round: Spearman over models of the final
values of both. Ranks are whole numbers, doubled, so sums are exact.
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
        {{ doubled_rank('by_value') }} as score_rank,
        {{ doubled_rank('by_tc') }} as tc_rank

    from final_scores
    inner join final_scores as contributions
        on
            final_scores.round_number = contributions.round_number
            and final_scores.model_id = contributions.model_id
    where final_scores.metric != 'tc' and contributions.metric = 'tc'
    window
        by_value as (
            partition by final_scores.round_number, final_scores.metric
            order by final_scores.value
        ),
        by_tc as (
            partition by final_scores.round_number, final_scores.metric
            order by contributions.value
        )

),

sums as (

    select
        round_number,
        metric,
        score,
        score_version,
        count(*) as n,
        cast(sum(cast(score_rank as hugeint) * tc_rank) as double) as xy,
        cast(sum(cast(score_rank as hugeint) * score_rank) as double) as xx,
        cast(sum(cast(tc_rank as hugeint) * tc_rank) as double) as yy

    from paired
    group by all

)

select
    round_number,
    metric,
    score,
    score_version,
    n as model_count,
    -- The mean of doubled ranks is n + 1.
    (xy - n * (n + 1) * (n + 1))
    / sqrt(nullif((xx - n * (n + 1) * (n + 1)) * (yy - n * (n + 1) * (n + 1)), 0)) as spearman

from sums
