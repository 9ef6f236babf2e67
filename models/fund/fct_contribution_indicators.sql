{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, metric. Which score goes with True Contribution: Spearman over models by round, and its mean
over a year.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

round_indicators as (

    select * from {{ ref('int_round_indicators') }}

),

indicators as (

    select
        round_indicators.*,
        results_due.close_at,
        results_due.is_after

    from round_indicators
    inner join results_due on round_indicators.round_number = results_due.round_number

),

years as (

    select
        indicators.round_number,
        indicators.metric,
        count(others.spearman) as rounds_one_year,
        {{ exact_sum('others.spearman') }} / nullif(count(others.spearman), 0)
            as mean_spearman_one_year

    from indicators
    inner join indicators as others
        on
            indicators.metric = others.metric
            and others.close_at <= indicators.close_at
            and others.close_at > indicators.close_at - to_years(1)
    where indicators.is_after
    group by all

)

select
    indicators.round_number,
    indicators.metric,
    indicators.score,
    indicators.score_version,
    indicators.spearman,
    indicators.model_count,
    years.mean_spearman_one_year,
    years.rounds_one_year,
    rank() over (
        partition by indicators.round_number
        order by {{ comparable_score('years.mean_spearman_one_year') }} desc nulls last
    ) as place_one_year

from indicators
inner join years
    on
        indicators.round_number = years.round_number
        and indicators.metric = years.metric
