{#
Grain: round_number, coverage_id, model_key, stock_key. Where a target covers a part of the universe, ranks
are taken again on that part, once for each set of stocks.
#}
with

coverages as (

    select * from {{ ref('int_target_coverages') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

signals as (

    select * from {{ ref('int_signals_ranked') }}

),

representatives as (

    select *
    from coverages
    where coverage_id != 0
    window
        in_coverage as (
            partition by round_number, coverage_id order by target, score_day
        )
    qualify row_number() over in_coverage = 1

),

covered_stocks as (

    select
        representatives.round_number,
        representatives.coverage_id,
        targets.stock_key

    from representatives
    inner join targets
        on
            representatives.round_number = targets.round_number
            and representatives.target = targets.target
            and representatives.score_day = targets.score_day

)

select
    covered_stocks.round_number,
    covered_stocks.coverage_id,
    signals.model_key,
    signals.stock_key,
    {{ doubled_rank('signals_in_order') }} as doubled_rank

from covered_stocks
inner join signals
    on
        covered_stocks.round_number = signals.round_number
        and covered_stocks.stock_key = signals.stock_key
window signals_in_order as (
    partition by
        covered_stocks.round_number, covered_stocks.coverage_id, signals.model_key
    order by signals.doubled_rank
)
