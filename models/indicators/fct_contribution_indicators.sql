{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, metric. Which score goes with True Contribution: the pairs of fct_score_correlations that it is one of,
and the place of each series by its mean over a year and over all rounds so far.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

correlations as (

    select * from {{ ref('fct_score_correlations') }}

),

with_contribution as (

    select
        correlations.round_number,
        correlations.reputation_window,
        correlations.spearman,
        correlations.model_count,
        correlations.round_count,
        correlations.mean_spearman,
        correlations.positive_share,
        if(correlations.metric = 'tc', correlations.other_metric, correlations.metric) as metric,
        if(correlations.metric = 'tc', correlations.other_score, correlations.score) as score,
        if(correlations.metric = 'tc', correlations.other_version, correlations.score_version)
            as score_version

    from correlations
    inner join results_due on correlations.round_number = results_due.round_number
    where results_due.is_after and 'tc' in (correlations.metric, correlations.other_metric)

),

series as (

    select
        round_number,
        metric,
        score,
        score_version,
        spearman,
        model_count,
        any_value(mean_spearman) filter (where reputation_window = 'one_year')
            as mean_spearman_one_year,
        any_value(round_count) filter (where reputation_window = 'one_year') as rounds_one_year,
        any_value(positive_share) filter (where reputation_window = 'one_year')
            as positive_share_one_year,
        any_value(mean_spearman) filter (where reputation_window = 'all_time')
            as mean_spearman_all_time

    from with_contribution
    group by all

)

select
    round_number,
    metric,
    score,
    score_version,
    spearman,
    model_count,
    mean_spearman_one_year,
    rounds_one_year,
    positive_share_one_year,
    rank() over (
        partition by round_number
        order by {{ comparable_score('mean_spearman_one_year') }} desc nulls last
    ) as place_one_year,
    mean_spearman_all_time,
    rank() over (
        partition by round_number
        order by {{ comparable_score('mean_spearman_all_time') }} desc nulls last
    ) as place_all_time

from series
