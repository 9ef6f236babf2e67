{{ config(
    materialized='incremental',
    meta={'worklist': 'int_altered_trades_due', 'redoes': 'is_due'},
) }}
{#
Grain: round_number, model_id; models with stake at risk. What a model changes in the trades that the fund makes for a
round: those with its stake against those without, on what the fund held before.
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

model_keys as (

    select * from {{ ref('int_model_keys') }}

),

changes as (

    select * from {{ ref('int_trades_changed') }}

),

round_trades as (

    select
        trades.round_number,
        count(*) filter (where abs(trades.traded_weight) >= trades_due.smallest_trade)
            as trade_count,
        {{ exact_sum('abs(trades.traded_weight)') }} as traded

    from trades
    inner join trades_due on trades.round_number = trades_due.round_number
    where trades_due.is_due
    group by all

),

models as (

    select
        portfolios_without.round_number,
        portfolios_without.model_key,
        portfolios_without.reason,
        portfolios_without.weights

    from portfolios_without
    inner join trades_due on portfolios_without.round_number = trades_due.round_number
    where trades_due.is_due

),

-- Trades in stocks whose weight is the same without the model are kept.
compared as (

    select
        models.round_number,
        models.model_key,
        models.reason,
        round_trades.trade_count - coalesce(changes.trades_with, 0)
        + coalesce(changes.kept, 0) as kept,
        coalesce(changes.altered, 0) as altered,
        coalesce(changes.added, 0) as added,
        coalesce(changes.removed, 0) as removed,
        coalesce(changes.changed, 0) as changed,
        2 * round_trades.traded - coalesce(changes.traded, 0)
        + coalesce(changes.traded_without, 0) as traded_in_both

    from models
    inner join round_trades on models.round_number = round_trades.round_number
    left join changes
        on
            models.round_number = changes.round_number
            and models.model_key = changes.model_key
    where models.weights is not null

    union all by name

    select
        round_number,
        model_key,
        reason

    from models
    where weights is null

)

select
    compared.round_number,
    model_keys.model_id,
    compared.reason,
    compared.kept as trades_kept,
    compared.altered as trades_altered,
    compared.added as trades_added,
    compared.removed as trades_removed,
    (compared.altered + compared.added + compared.removed)
    / nullif(compared.kept + compared.altered + compared.added + compared.removed, 0)
        as altered_share,
    compared.changed / 2 as changed_turnover,
    1 - compared.changed / nullif(compared.traded_in_both, 0) as unchanged_amount_share

from compared
inner join model_keys on compared.model_key = model_keys.model_key
