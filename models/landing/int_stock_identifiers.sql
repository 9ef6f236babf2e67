{#
Grain: round_number, id_type, landed_id. Every name by which a submission may call a stock of its round. A
name that two stocks share is nobody's.
#}
with

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

stock_keys as (

    select * from {{ ref('int_stock_keys') }}

),

keyed as (

    select
        universe.round_number,
        stock_keys.stock_key,
        universe.stock_id as id,
        universe.numerai_ticker,
        universe.composite_figi,
        universe.bloomberg_ticker,
        universe.sedol,
        universe.cusip,
        universe.ticker

    from universe
    inner join stock_keys on universe.stock_id = stock_keys.stock_id

),

named as (

    unpivot keyed
    on id, numerai_ticker, composite_figi, bloomberg_ticker, sedol, cusip, ticker
    into name id_type value landed_id

)

select
    round_number,
    id_type,
    landed_id,
    min(stock_key) as stock_key

from named
group by all
having count(*) = 1
