{#
Grain: account_id, season, score, as_of_date; due days. Sum of an account's round scores in the season, and its qualified
rounds, by what was known: those of the last earlier day that stands published, and what each day since has changed.
#}
{% set former = left_by_last_build('fct_season_standings') %}
with

days as (

    select
        season,
        as_of_date,
        base_date,
        row_number() over (partition by season order by as_of_date) as place

    from {{ ref('int_season_days') }}
    where is_due

),

events as (

    select * from {{ ref('int_season_events') }}

),

changes as (

    select * from events

    {% if former %}
        union all

        select
            former.account_id,
            former.season,
            former.score,
            former.as_of_date as event_date,
            former.score_sum as value_change,
            former.qualified_rounds as qualified_change

        from {{ former }} as former
        semi join days
            on
                former.season = days.season
                and former.as_of_date = days.base_date
    {% endif %}

),

-- A change counts from the first of the days on.
daily_changes as (

    select
        changes.account_id,
        changes.season,
        changes.score,
        days.place,
        sum(changes.value_change) as value_change,
        sum(changes.qualified_change) as qualified_change

    from changes
    asof inner join days
        on
            changes.season = days.season
            and changes.event_date <= days.as_of_date
    group by all

),

running as (

    select
        * exclude (value_change, qualified_change),
        lead(place) over in_order as next_place,
        cast(sum(value_change) over in_order as decimal(38, 18)) as score_sum,
        cast(sum(qualified_change) over in_order as integer) as qualified_rounds

    from daily_changes
    window in_order as (partition by account_id, season, score order by place)

),

last_places as (

    select
        season,
        max(place) as last_place

    from days
    group by all

),

-- It stays until the next one.
dense as (

    select
        running.account_id,
        running.season,
        running.score,
        running.score_sum,
        running.qualified_rounds,
        unnest(
            range(running.place, coalesce(running.next_place, last_places.last_place + 1))
        ) as place

    from running
    inner join last_places on running.season = last_places.season

)

select
    dense.account_id,
    dense.season,
    dense.score,
    days.as_of_date,
    dense.score_sum,
    dense.qualified_rounds

from dense
inner join days
    on
        dense.season = days.season
        and dense.place = days.place
