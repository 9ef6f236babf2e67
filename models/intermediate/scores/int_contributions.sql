{#
Grain: round_number, target, score_day, known_at, meta_model, model_key. MMC: the part of a signal that the
meta model does not hold, times the target centred on the shared stocks (times 4 when it is binned), over
their number.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

signals as (

    select * from {{ ref('int_scored_signals') }}

),

meta_models as (

    select * from {{ ref('int_meta_models_ranked') }}

),

quantiles as (

    select * from {{ ref('int_normal_quantiles') }}

),

wanted as (

    select distinct
        round_number,
        target,
        score_day,
        known_at,
        meta_model,
        coverage_id,
        stock_count,
        shared_mean,
        is_binned

    from scores_due
    where family = 'contribution'

),

centred as (

    select
        wanted.*,
        targets.stock_key,
        (targets.value - wanted.shared_mean)
        * case when wanted.is_binned then 4 else 1 end as target_value

    from wanted
    inner join targets using (round_number, target, score_day, known_at)

),

scaled as (

    select
        *,
        nullif(max(abs(target_value)) over (
            partition by round_number, target, score_day, known_at, meta_model
        ), 0) as target_scale

    from centred

),

sums as (

    select
        scaled.round_number,
        scaled.target,
        scaled.score_day,
        scaled.known_at,
        scaled.meta_model,
        signals.model_key,
        coalesce(any_value(scaled.target_scale), 0) as target_scale,
        count(*) as n,
        {{ exact_sum('quantiles.gaussian * scaled.target_value / scaled.target_scale') }}
            as signal_target,
        {{ exact_sum('meta_models.gaussian * scaled.target_value / scaled.target_scale') }}
            as meta_target,
        {{ exact_sum('quantiles.gaussian * meta_models.gaussian') }} as signal_meta,
        {{ exact_sum('meta_models.gaussian * meta_models.gaussian') }} as meta_meta

    from scaled
    inner join meta_models
        on
            scaled.round_number = meta_models.round_number
            and scaled.coverage_id = meta_models.coverage_id
            and scaled.meta_model = meta_models.meta_model
            and scaled.stock_key = meta_models.stock_key
    inner join signals
        on
            scaled.round_number = signals.round_number
            and scaled.coverage_id = signals.coverage_id
            and scaled.stock_key = signals.stock_key
    inner join quantiles
        on
            scaled.stock_count = quantiles.stock_count
            and signals.doubled_rank = quantiles.doubled_rank
    group by all

)

select
    round_number,
    target,
    score_day,
    known_at,
    meta_model,
    model_key,
    target_scale
    * (
        coalesce(signal_target, 0)
        - signal_meta * coalesce(meta_target, 0) / nullif(meta_meta, 0)
    )
    / n as value

from sums
