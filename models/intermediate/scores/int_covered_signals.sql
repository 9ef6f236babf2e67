{#
Grain: round_number, coverage_id, model_key, stock_key. Where a target covers a part of the universe, ranks
are taken again on that part, once for each set of stocks.
#}
with

covered_stocks as (

    select * from {{ ref('int_covered_stocks') }}

),

signals as (

    select * from {{ ref('int_signals_ranked') }}

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
where covered_stocks.coverage_id != 0
window
    signals_in_order as (
        partition by
            covered_stocks.round_number, covered_stocks.coverage_id, signals.model_key
        order by signals.doubled_rank
    )
