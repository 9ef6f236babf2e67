{{ config(materialized='view') }}
{#
Grain: is_neutral, round_number, model_key, stock_key. The ranks that churn is taken on. Within a round every model
has a rank on the same stocks.
#}
with

signals as (

    select * from {{ ref('int_signals_ranked') }}

)

select
    false as is_neutral,
    round_number,
    model_key,
    stock_key,
    doubled_rank

from signals
