{{ config(materialized='incremental', meta={
    'worklist': 'int_seasons_due',
    'keys': ['season'],
    'redoes': 'is_due',
}) }}
{# Grain: account_id, season, score. The newest standings of each season: fct_season_standings has those of every day. #}
with

seasons_due as (

    select * from {{ ref('int_seasons_due') }}

),

season_days as (

    select * from {{ ref('int_season_days') }}

),

standings as (

    select * from {{ ref('fct_season_standings') }}

),

newest_days as (

    select
        season_days.season,
        max(season_days.as_of_date) as as_of_date

    from season_days
    inner join seasons_due on season_days.season = seasons_due.season
    group by all

),

newest as (

    select standings.*
    from standings
    inner join newest_days
        on
            standings.season = newest_days.season
            and standings.as_of_date = newest_days.as_of_date

)

select * exclude (score_sum)
from newest
