{# Grain: round_number, model_key, submitted_at. Each upload in one row: what its verdict is taken from. #}
with

signals as (

    select * from {{ ref('int_signals_matched') }}

),

rounds as (

    select * from {{ ref('stg_tournament__rounds') }}

),

profiled as (

    select
        round_number,
        model_key,
        submitted_at,
        count(*) as row_count,
        count(*) filter (where not has_id) as missing_ids,
        count(*) filter (where has_id and stock_key is null) as unknown_ids,
        count(stock_key) as known_ids,
        count(distinct stock_key) as known_stocks,
        count(*) filter (
            where stock_key is not null and not coalesce(isfinite(signal), false)
        ) as unusable_signals

    from signals
    group by all

)

select
    profiled.*,
    profiled.submitted_at > rounds.close_at as is_late

from profiled
inner join rounds on profiled.round_number = rounds.round_number
