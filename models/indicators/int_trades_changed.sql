{#
Grain: round_number, model_key; due rounds. How many trades each model alters, adds and removes, of the stocks whose weight is
another one without it, and how much is traded there; of models that change none there is no row.
#}
with

trades_due as (

    select * from {{ ref('int_altered_trades_due') }}

),

trades as (

    select * from {{ ref('int_portfolio_trades') }}

),

portfolios_without as (

    select * from {{ ref('int_portfolios_without') }}

),

stock_keys as (

    select * from {{ ref('int_stock_keys') }}

),

changed_weights as (

    select
        portfolios_without.round_number,
        portfolios_without.model_key,
        trades_due.smallest_trade,
        trades_due.same_within,
        unnest(portfolios_without.weights) as found

    from portfolios_without
    inner join trades_due on portfolios_without.round_number = trades_due.round_number
    where trades_due.is_due

),

changed_trades as (

    select
        changed_weights.round_number,
        changed_weights.model_key,
        changed_weights.smallest_trade,
        changed_weights.same_within,
        coalesce(trades.traded_weight, 0) as traded,
        changed_weights.found.weight - coalesce(trades.sold_weight, 0) as traded_without,
        abs(traded) >= changed_weights.smallest_trade as is_with,
        abs(traded_without) >= changed_weights.smallest_trade as is_without,
        abs(traded - traded_without)
        <= changed_weights.same_within * greatest(abs(traded), abs(traded_without)) as is_same

    from changed_weights
    inner join stock_keys on changed_weights.found.stock_key = stock_keys.stock_key
    left join trades
        on
            changed_weights.round_number = trades.round_number
            and stock_keys.stock_id = trades.stock_id

)

select
    round_number,
    model_key,
    count(*) filter (where is_with) as trades_with,
    count(*) filter (where is_with and is_without and is_same) as kept,
    count(*) filter (where is_with and is_without and not is_same) as altered,
    count(*) filter (where is_with and not is_without) as added,
    count(*) filter (where is_without and not is_with) as removed,
    {{ exact_sum('abs(traded)') }} as traded,
    {{ exact_sum('abs(traded_without)') }} as traded_without,
    {{ exact_sum('abs(traded - traded_without)') }} as changed

from changed_trades
group by all
