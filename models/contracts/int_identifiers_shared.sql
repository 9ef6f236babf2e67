{#
Grain: round_number. The identifier by which most stocks of a round cannot be named, as another stock has it too,
and their share. A blank is no identifier.
#}
with

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

identifiers as (

    select * from {{ ref('int_stock_identifiers') }}

),

counted as (

    select
        round_number,
        count(*) as stock_count,
        count(nullif(numerai_ticker, '')) as numerai_ticker,
        count(nullif(composite_figi, '')) as composite_figi,
        count(nullif(bloomberg_ticker, '')) as bloomberg_ticker,
        count(nullif(sedol, '')) as sedol,
        count(nullif(cusip, '')) as cusip,
        count(nullif(ticker, '')) as ticker

    from universe
    group by all

),

named as (

    unpivot counted
    on numerai_ticker, composite_figi, bloomberg_ticker, sedol, cusip, ticker
    into name id_type value named_count

),

unique_names as (

    select
        round_number,
        id_type,
        count(*) as unique_count

    from identifiers
    where landed_id != ''
    group by all

),

shared as (

    select
        named.round_number,
        named.id_type,
        (named.named_count - coalesce(unique_names.unique_count, 0))
        / named.stock_count as shared_share

    from named
    left join unique_names
        on
            named.round_number = unique_names.round_number
            and named.id_type = unique_names.id_type

)

select
    round_number,
    max(shared_share) as shared_identifier_share,
    arg_max(id_type, shared_share) as shared_identifier_share_example

from shared
group by all
