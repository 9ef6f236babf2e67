{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_summed or is_pruned',
}) }}
{#
Grain: entrant_kind, entrant_id, score, as_of_date. Streaks: how many final scores in a row are above zero, up to the newest, in
the order in which they first became known, those of one day by their close. A later revision changes no streak. It goes on
from the last earlier day whose streaks are held.
#}
{% set former = left_by_last_build('int_streaks') %}
with

days as (

    select
        as_of_date,
        base_date,
        row_number() over (order by as_of_date) as place

    from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

first_results as (

    select * from {{ ref('int_first_results') }}

),

-- Whether a streak goes on from before the new results: none of them has broken it.
broken as (

    select
        *,
        count(*) filter (where not is_positive) over in_order as breaks

    from first_results
    window
        in_order as (
            partition by entrant_kind, entrant_id, score
            order by known_date, close_at, round_number
        )

),

runs as (

    select
        broken.*,
        days.place,
        count(*) filter (where broken.is_positive) over (
            partition by
                broken.entrant_kind, broken.entrant_id, broken.score, broken.breaks
            order by broken.known_date, broken.close_at, broken.round_number
        ) as run

    from broken
    asof inner join days on broken.known_date <= days.as_of_date

),

streaks as (

    select
        entrant_kind,
        entrant_id,
        score,
        place,
        max(breaks) as breaks,
        arg_max(run, (known_date, close_at, round_number)) as run

    from runs
    group by all

    {% if former %}
        union all

        select
            former.entrant_kind,
            former.entrant_id,
            former.score,
            0 as place,
            0 as breaks,
            former.streak as run

        from {{ former }} as former
        semi join days on former.as_of_date = days.base_date
    {% endif %}

),

running as (

    select
        entrant_kind,
        entrant_id,
        score,
        place,
        lead(place) over in_order as next_place,
        run
        + if(
            place > 0 and breaks = 0,
            coalesce(max(if(place = 0, run, null)) over in_order, 0),
            0
        ) as streak

    from streaks
    window in_order as (partition by entrant_kind, entrant_id, score order by place)

),

-- It stays until the next one.
dense as (

    select
        * exclude (place, next_place),
        unnest(
            range(
                greatest(place, 1),
                coalesce(next_place, (select max(days.place) + 1 from days))
            )
        ) as place

    from running

)

select
    dense.entrant_kind,
    dense.entrant_id,
    dense.score,
    days.as_of_date,
    cast(dense.streak as integer) as streak

from dense
inner join days on dense.place = days.place
