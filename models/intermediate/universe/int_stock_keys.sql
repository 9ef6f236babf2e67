{{ config(materialized='incremental', incremental_strategy='append') }}
{# Grain: stock_id. A small key for each stock ever seen, in order of arrival: never published. #}
with

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

new_stocks as (

    select distinct stock_id
    from universe
    {% if is_incremental() %}
        where stock_id not in (select stock_id from {{ this }})
    {% endif %}

)

select
    stock_id,
    cast(
        row_number() over (order by stock_id)
        {% if is_incremental() %}
            + (select coalesce(max(stock_key), 0) from {{ this }})
        {% endif %}
        as integer
    ) as stock_key

from new_stocks
