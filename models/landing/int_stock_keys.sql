{{ config(materialized='incremental') }}
{# Grain: stock_id. A small key for each stock ever seen, in order of arrival: never published. #}
with

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

known_stocks as (

    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select
            cast(null as varchar) as stock_id,
            cast(null as integer) as stock_key
        where false
    {% endif %}

),

last_key as (

    select coalesce(max(stock_key), 0) as stock_key from known_stocks

),

new_stocks as (

    select distinct universe.stock_id
    from universe
    anti join known_stocks on universe.stock_id = known_stocks.stock_id
    where universe.stock_id is not null

)

select
    new_stocks.stock_id,
    cast(
        last_key.stock_key + row_number() over (order by new_stocks.stock_id) as integer
    ) as stock_key

from new_stocks
cross join last_key
