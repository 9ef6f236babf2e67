-- Grain: round_number, horizon, score_day, stock_id. Total returns from the close of start_day to
-- that of end_day; a price stands in for $carry_days missing days, then there is none.
with

asked as (

    select
        target_windows.round_number,
        target_windows.horizon,
        target_windows.score_day,
        target_windows.start_day,
        target_windows.start_day + target_windows.score_day as end_day,
        landed_universe.stock_id

    from target_windows
    inner join landed_universe
        on target_windows.round_number = landed_universe.round_number

),

started as (

    select
        asked.*,
        stock_days.adj_close as start_price,
        stock_days.day_number as start_price_day

    from asked
    asof join stock_days
        on
            asked.stock_id = stock_days.ticker
            and asked.start_day >= stock_days.day_number

),

ended as (

    select
        started.*,
        stock_days.adj_close as end_price,
        stock_days.day_number as end_price_day

    from started
    asof join stock_days
        on
            started.stock_id = stock_days.ticker
            and started.end_day >= stock_days.day_number

)

select
    round_number,
    horizon,
    score_day,
    stock_id,
    end_price / start_price - 1 as total_return

from ended
where
    start_day - start_price_day <= $carry_days
    and end_day - end_price_day <= $carry_days
order by round_number, horizon, score_day, stock_id
