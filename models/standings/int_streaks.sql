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

news as (

    select * from {{ ref('int_round_news') }}

),

results as (

    select * from {{ ref('int_results') }}
    where measure = 'score'

),

base as (

    select coalesce(any_value(base_date), '-infinity') as base_date
    from days
    having count(*) > 0

),

changed_rounds as (

    select distinct news.round_number
    from news
    inner join base on news.news_date > base.base_date

),

first_results as (

    select
        results.entrant_kind,
        results.entrant_id,
        results.score,
        results.round_number,
        any_value(results.close_at) as close_at,
        cast(min(results.known_at) as date) as known_date,
        arg_min(results.value, results.known_at) > 0 as is_positive

    from results
    inner join changed_rounds on results.round_number = changed_rounds.round_number
    group by all

),

-- Whether a streak goes on from before the new results: none of them has broken it.
broken as (

    select
        first_results.*,
        count(*) filter (where not first_results.is_positive) over in_order as breaks

    from first_results
    inner join base on first_results.known_date > base.base_date
    window
        in_order as (
            partition by
                first_results.entrant_kind, first_results.entrant_id, first_results.score
            order by
                first_results.known_date, first_results.close_at, first_results.round_number
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
