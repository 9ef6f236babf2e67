{#
Grain: entrant_kind, entrant_id, reputation_window, event_date. What each day adds to an entrant's payouts and to the
logarithm of its return in a window: a payout enters on the day it is known, and leaves when a revision replaces it or
its round's close falls out of the window.
#}
with

round_returns as (

    select * from {{ ref('int_round_returns') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

windows as (

    select * from {{ ref('reputation_windows') }}

),

spans as (

    select
        round_returns.entrant_kind,
        round_returns.entrant_id,
        windows.reputation_window,
        round_returns.payout_nmr,
        ln(1 + round_returns.payout_nmr / round_returns.at_risk_nmr) as log_return,
        cast(round_returns.known_at as date) as first_date,
        least(
            lead(cast(round_returns.known_at as date)) over (
                partition by
                    round_returns.entrant_kind,
                    round_returns.entrant_id,
                    round_returns.round_number,
                    windows.reputation_window
                order by round_returns.known_at
            ),
            {{ window_end('cast(rounds.close_at as date)', 'windows.months') }}
        ) as end_date

    from round_returns
    inner join rounds on round_returns.round_number = rounds.round_number
    cross join windows

),

held as (

    select *
    from spans
    where end_date is null or first_date < end_date

),

events as (

    select
        * exclude (first_date, end_date),
        first_date as event_date,
        1 as direction

    from held

    union all

    select
        * exclude (first_date, end_date),
        end_date as event_date,
        -1 as direction

    from held
    where end_date is not null

)

select
    entrant_kind,
    entrant_id,
    reputation_window,
    event_date,
    sum(cast(direction * payout_nmr as decimal(38, 18))) as payout_change,
    sum(cast(direction * log_return as decimal(38, 15))) as log_return_change

from events
group by all
