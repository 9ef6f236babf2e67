{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_days_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'is_due',
    },
) }}
{#
Grain: round_number, target, score_day, known_at. What the optimized portfolio has returned by each day, by
each delivery of the returns; a stock without a return counts as unchanged, 0. Null where returns cover too
few stocks for a score.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

portfolios as (

    select * from {{ ref('fct_portfolios') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

)

select
    scores_due.round_number,
    scores_due.target,
    scores_due.score_day,
    scores_due.known_at,
    scores_due.is_final,
    {{ exact_sum(
        'if(scores_due.overlap_share >= scores_due.minimum_overlap, '
        ~ 'portfolios.weight * coalesce(targets.value, 0), null)'
    ) }} as portfolio_return,
    count(*) as stocks_held,
    count(*) - count(targets.value) as stocks_without_return

from scores_due
inner join portfolios on scores_due.round_number = portfolios.round_number
left join universe
    on
        portfolios.round_number = universe.round_number
        and portfolios.stock_id = universe.stock_id
left join targets
    on
        scores_due.round_number = targets.round_number
        and scores_due.target = targets.target
        and scores_due.score_day = targets.score_day
        and scores_due.known_at = targets.known_at
        and universe.stock_key = targets.stock_key
where
    scores_due.family = 'tc'
    and scores_due.score_version = 'v1'
group by all
