{{ config(materialized='view') }}
{#
Grain: round_number, coverage_id, signal_form, model_key, stock_key. The ranks that scores are taken on: of the
plain signal, or of what it keeps outside a factor set.
#}
with

ranked as (

    select * from {{ ref('int_signals_ranked') }}

),

neutralized as (

    select * from {{ ref('int_signals_neutralized') }}

),

covered as (

    select * from {{ ref('int_covered_signals') }}

)

select
    round_number,
    cast(0 as bigint) as coverage_id,
    'plain' as signal_form,
    model_key,
    stock_key,
    doubled_rank

from ranked

union all

select
    round_number,
    cast(0 as bigint) as coverage_id,
    factor_set as signal_form,
    model_key,
    stock_key,
    doubled_rank

from neutralized

union all

select
    round_number,
    coverage_id,
    signal_form,
    model_key,
    stock_key,
    doubled_rank

from covered
