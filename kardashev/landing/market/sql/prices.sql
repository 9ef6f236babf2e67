-- Grain: row of the prices file. Typed; what cannot be used is flagged, then counted.
create or replace table prices as
with

typed as (

    select
        cast(ticker as varchar) as ticker,
        try_cast(date as date) as date,
        try_cast(close as double) as close,
        try_cast(adj_close as double) as adj_close,
        try_cast(volume as double) as volume

    from raw_prices

)

select
    *,
    coalesce(
        trim(ticker) <> ''
        and date is not null
        and isfinite(close)
        and close > 0
        and isfinite(adj_close)
        and adj_close > 0
        and isfinite(volume)
        and volume >= 0,
        false
    ) as is_usable

from typed
