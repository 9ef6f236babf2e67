{#
Grain: round_number, coverage_id, meta_model, stock_key. Each meta model, ranked and gaussianized again on the
stocks that a due target covers.
#}
with

covered_stocks as (

    select * from {{ ref('int_covered_stocks') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

ranked as (

    select
        covered_stocks.round_number,
        covered_stocks.coverage_id,
        covered_stocks.stock_count,
        meta_models.meta_model,
        meta_models.stock_key,
        {{ doubled_rank('values_in_order') }} as doubled_rank

    from covered_stocks
    inner join meta_models
        on
            covered_stocks.round_number = meta_models.round_number
            and covered_stocks.stock_key = meta_models.stock_key
    window
        values_in_order as (
            partition by
                covered_stocks.round_number,
                covered_stocks.coverage_id,
                meta_models.meta_model
            order by meta_models.value
        )

)

select
    round_number,
    coverage_id,
    meta_model,
    stock_key,
    {{ normal_quantile('doubled_rank', 'stock_count') }} as gaussian

from ranked
