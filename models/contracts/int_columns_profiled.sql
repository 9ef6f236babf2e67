{{ config(materialized='incremental', meta={'worklist': 'int_columns_due', 'redoes': 'is_profiled'}) }}
{#
Grain: round_number, contract. What the contracts of neutralizers/ and factors/ are judged on, NᵀVN = I apart.
#}
with

due as (

    select * from {{ ref('int_columns_due') }}

),

stocks as (

    select * from {{ ref('int_column_stocks') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

columns_absent as (

    select * from {{ ref('int_columns_absent') }}

),

universe_stocks as (

    select distinct
        universe.round_number,
        universe.stock_id

    from universe
    semi join due on universe.round_number = due.round_number

),

universe_sizes as (

    select
        round_number,
        count(*) as universe_count

    from universe_stocks
    group by all

),

counted as (

    select
        stocks.*,
        stocks.unusable_values
        + max(stocks.column_count) over (partition by stocks.round_number, stocks.contract)
        - stocks.column_count as missing_values,
        coalesce(universe_sizes.universe_count, 0) as universe_count,
        universe_stocks.stock_id is not null as is_in_universe

    from stocks
    left join universe_sizes on stocks.round_number = universe_sizes.round_number
    left join universe_stocks
        on
            stocks.round_number = universe_stocks.round_number
            and stocks.stock_id = universe_stocks.stock_id

),

measured as (

    select
        round_number,
        contract,
        universe_count,
        count(*) as stock_count,
        count(*) filter (where is_in_universe) as shared_count,
        {{ count_faults('missing_ids', 'stock_id is null') }},
        sum(value_count - column_count) as repeated_values,
        {{ example_of('value_count > column_count', 'stock_id') }} as repeated_values_example,
        sum(missing_values) as unusable_values,
        {{ example_of('missing_values > 0', 'stock_id') }} as unusable_values_example,
        {{ largest_size('largest_value', 'largest_value', 'stock_id') }}

    from counted
    group by round_number, contract, universe_count

),

shared as (

    select
        * exclude (universe_count, stock_count, shared_count),
        least(shared_count / stock_count, shared_count / universe_count) as overlap_share,
        shared_count / universe_count as universe_share

    from measured

)

select
    shared.*,
    columns_absent.absent_columns,
    columns_absent.absent_columns_example,
    due.columns_fingerprint

from shared
inner join due on shared.round_number = due.round_number
inner join columns_absent
    on
        shared.round_number = columns_absent.round_number
        and shared.contract = columns_absent.contract
