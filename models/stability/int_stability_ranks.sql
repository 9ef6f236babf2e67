{{ config(materialized='view') }}
{#
Grain: is_neutral, round_number, model_key, stock_key. The ranks that churn is taken on: of signals, and of signals
neutralized to N. Within a round all models have theirs on the same stocks.
#}
with

signals as (

    select * from {{ ref('int_signals_ranked') }}

),

neutralized as (

    select * from {{ ref('int_signals_neutralized') }}

)

select
    false as is_neutral,
    round_number,
    model_key,
    stock_key,
    doubled_rank

from signals

union all

select
    true as is_neutral,
    round_number,
    model_key,
    stock_key,
    doubled_rank

from neutralized
where factor_set = 'neutralizers'
