{#
Grain: season, as_of_date. The days that a season has standings of: those by which something became known of its rounds.
is_due:    its standings are made now.
base_date: the last day before those whose sums stand: from it sums are carried on; null: from nothing.
#}
with

as_of_dates_due as (

    select * from {{ ref('int_as_of_dates_due') }}

),

news as (

    select * from {{ ref('int_round_news') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

days as (

    select
        as_of_date,
        is_due

    from as_of_dates_due
    where fingerprint is not null

),

season_news as (

    select distinct
        {{ season('paying_rounds.close_at') }} as season,
        news.news_date

    from news
    inner join paying_rounds on news.round_number = paying_rounds.round_number

),

season_days as (

    select distinct
        season_news.season,
        days.as_of_date,
        days.is_due

    from season_news
    asof inner join days on season_news.news_date <= days.as_of_date

)

select
    season,
    as_of_date,
    is_due,
    max(as_of_date) filter (where not is_due) over (partition by season) as base_date

from season_days
