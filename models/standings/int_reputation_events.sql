{#
Grain: entrant_kind, entrant_id, score, reputation_window, event_date. What each day adds to the sum and count of an
entrant's scores in a window: a score enters on the day it is known, and leaves when a revision replaces it or
takes it back, or its round's close falls out of the window.
#}
with

final_scores as (

    select * from {{ ref('int_final_scores') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

windows as (

    select * from {{ ref('reputation_windows') }}

),

spans as (

    select
        final_scores.entrant_kind,
        final_scores.entrant_id,
        final_scores.score,
        windows.reputation_window,
        final_scores.value,
        cast(final_scores.known_at as date) as first_date,
        least(
            lead(cast(final_scores.known_at as date)) over (
                partition by
                    final_scores.entrant_kind,
                    final_scores.entrant_id,
                    final_scores.score,
                    final_scores.round_number,
                    windows.reputation_window
                order by final_scores.known_at
            ),
            {{ window_end('cast(rounds.close_at as date)', 'windows.months') }}
        ) as end_date

    from final_scores
    inner join rounds on final_scores.round_number = rounds.round_number
    cross join windows

),

held as (

    select *
    from spans
    where value is not null and (end_date is null or first_date < end_date)

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
    score,
    reputation_window,
    event_date,
    sum(cast(direction * value as decimal(38, 15))) as value_change,
    sum(direction) as round_change

from events
group by all
