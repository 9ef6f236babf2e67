{#
Grain: round_number, coverage_id, meta_model, stock_key. Each meta model, ranked and gaussianized again on the
stocks that a due target covers.
#}
with

coverages as (

    select * from {{ ref('int_target_coverages') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

quantiles as (

    select * from {{ ref('int_normal_quantiles') }}

),

representatives as (

    select *
    from coverages
    window
        in_coverage as (
            partition by round_number, coverage_id order by target, score_day
        )
    qualify row_number() over in_coverage = 1

),

ranked as (

    select
        representatives.round_number,
        representatives.coverage_id,
        representatives.stock_count,
        meta_models.meta_model,
        meta_models.stock_key,
        {{ doubled_rank('values_in_order') }} as doubled_rank

    from representatives
    inner join targets
        on
            representatives.round_number = targets.round_number
            and representatives.target = targets.target
            and representatives.score_day = targets.score_day
    inner join meta_models
        on
            targets.round_number = meta_models.round_number
            and targets.stock_key = meta_models.stock_key
    window values_in_order as (
        partition by
            representatives.round_number,
            representatives.coverage_id,
            meta_models.meta_model
        order by meta_models.value
    )

)

select
    ranked.round_number,
    ranked.coverage_id,
    ranked.meta_model,
    ranked.stock_key,
    quantiles.gaussian

from ranked
inner join quantiles
    on
        ranked.stock_count = quantiles.stock_count
        and ranked.doubled_rank = quantiles.doubled_rank
