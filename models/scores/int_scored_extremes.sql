{{ config(materialized='view') }}
{#
Grain: round_number, coverage_id, extreme_form, model_key, stock_key. The top and bottom of each signal's ranking,
with the values that scores are taken on.
#}
with

extremes as (

    select * from {{ ref('int_signal_extremes') }}

),

covered as (

    select * from {{ ref('int_covered_extremes') }}

)

select * from extremes
union all
select * from covered
