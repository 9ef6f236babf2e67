{{ config(materialized='view') }}
{#
Grain: round_number, contract, stock_id. What is landed of each stock in neutralizers/ and factors/, of the rounds where
these are profiled. A cell that is no number is landed as NaN. The same column may stand in several rows of a stock.
#}
with

due as (

    select * from {{ ref('int_columns_due') }}

),

neutralizers as (

    select * from {{ ref('stg_tournament__neutralizers') }}

),

factors as (

    select * from {{ ref('stg_tournament__factors') }}

),

landed as (

    select
        *,
        'neutralizers' as contract
    from neutralizers

    union all by name

    select
        *,
        'factors' as contract
    from factors

),

profiled as (

    select landed.*
    from landed
    inner join due on landed.round_number = due.round_number
    where due.is_profiled

),

landed_rows as (

    select
        round_number,
        contract,
        stock_id,
        path,
        len(column_values) as value_count,
        len(list_filter(column_values, lambda value: isfinite(value))) as usable_count,
        list_max(
            list_transform(column_values, lambda value: if(isfinite(value), abs(value), null))
        ) as largest_value

    from profiled

),

stocks as (

    select
        round_number,
        contract,
        stock_id,
        count(*) as row_count,
        sum(value_count) as value_count,
        sum(value_count - usable_count) as unusable_values,
        max(largest_value) as largest_value,
        min(path) as path

    from landed_rows
    group by all

),

columns_of_several_rows as (

    select
        profiled.round_number,
        profiled.contract,
        profiled.stock_id,
        len(list_distinct(flatten(list(profiled.column_names)))) as column_count

    from profiled
    inner join stocks
        on
            profiled.round_number = stocks.round_number
            and profiled.contract = stocks.contract
            and profiled.stock_id is not distinct from stocks.stock_id
    where stocks.row_count > 1
    group by all

)

select
    stocks.* exclude (stocks.row_count),
    coalesce(columns_of_several_rows.column_count, stocks.value_count) as column_count

from stocks
left join columns_of_several_rows
    on
        stocks.round_number = columns_of_several_rows.round_number
        and stocks.contract = columns_of_several_rows.contract
        and stocks.stock_id is not distinct from columns_of_several_rows.stock_id
