{#
Grain: season. The worklist of seasons: those with standings on a day that is due, or whose newest ones were of such a day
when the last build was done.
#}
{% set former = left_by_last_build('leaderboard_seasons', season='integer', as_of_date='date') %}
with

season_days as (

    select * from {{ ref('int_season_days') }}

),

days_due as (

    select as_of_date
    from {{ ref('int_as_of_dates_due') }}
    where is_due

),

former_seasons as (

    select former.season
    from {{ former }} as former
    semi join days_due on former.as_of_date = days_due.as_of_date

),

due as (

    select season
    from season_days
    where is_due

    union

    select season from former_seasons

)

select distinct
    season,
    true as is_due

from due
