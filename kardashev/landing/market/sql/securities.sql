-- Grain: ticker, of the listed and of those with prices only. What is not told is
-- 'unknown'.
create or replace table securities as
with

listed as (

    select
        cast(ticker as varchar) as ticker,
        coalesce(nullif(trim(cast(sector as varchar)), ''), 'unknown') as sector,
        coalesce(nullif(trim(cast(country as varchar)), ''), 'unknown') as country

    from raw_securities
    where trim(cast(ticker as varchar)) <> ''

),

unlisted as (

    select distinct
        prices.ticker,
        'unknown' as sector,
        'unknown' as country

    from prices
    anti join listed on prices.ticker = listed.ticker

)

select * from listed
union all
select * from unlisted
