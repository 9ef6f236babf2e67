{{ config(materialized='incremental', meta={'redoes': 'is_prepared or is_pruned'}) }}
{# Grain: round_number, factor_set; the rounds held. What of each factor set is landed. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

columns as (

    select * from {{ ref('int_factor_columns') }}

)

select
    columns.round_number,
    columns.factor_set,
    count(distinct columns.factor) as factor_count,
    count(distinct columns.stock_key) as stock_count

from columns
inner join rounds_due on columns.round_number = rounds_due.round_number
where rounds_due.is_prepared
group by all
