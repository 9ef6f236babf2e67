{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, meta_model, stock_key. Weighted mean of the prepared signals (gaussianized, no power),
and SWP, the stake-weighted mean of neutral weights, centred, over its L1 norm.
#}
with

signals as (

    select * from {{ ref('int_signals_ranked') }}

),

weights as (

    select * from {{ ref('int_meta_model_weights') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

quantiles as (

    select * from {{ ref('int_normal_quantiles') }}

),

portfolios as (

    select * from {{ ref('int_meta_portfolios') }}

),

blends as (

    select
        weights.round_number,
        weights.meta_model,
        signals.stock_key,
        {{ exact_sum('weights.weight * quantiles.gaussian') }} as value

    from weights
    inner join submissions
        on
            weights.round_number = submissions.round_number
            and weights.model_key = submissions.model_key
    inner join signals
        on
            weights.round_number = signals.round_number
            and weights.model_key = signals.model_key
    inner join quantiles
        on
            submissions.stock_count = quantiles.stock_count
            and signals.doubled_rank = quantiles.doubled_rank
    group by all

)

select * from blends
union all
select * from portfolios
