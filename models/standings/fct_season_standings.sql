{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{#
Grain: account_id, season, score, as_of_date. Season scores and titles of accounts by what was known on each day: the highest
title that the rank reaches. A season has standings of the days by which something became known of its rounds.
#}
with

rankings as (

    select * from {{ ref('int_season_rankings') }}

),

title_rules as (

    select * from {{ ref('title_rules') }}

),

titles as (

    select
        rankings.account_id,
        rankings.season,
        rankings.score,
        rankings.as_of_date,
        arg_min(title_rules.title, title_rules.level) as title

    from rankings
    inner join title_rules
        on
            rankings.tournament = title_rules.tournament
            -- 1e-9 of rounding noise is not an account.
            and rankings.rank <= least(
                title_rules.last_rank,
                ceil(round(title_rules.share * rankings.qualified_accounts, 9))
            )
    group by all

)

select
    rankings.account_id,
    rankings.season,
    rankings.score,
    rankings.as_of_date,
    rankings.season_score,
    rankings.score_sum,
    rankings.resolved_rounds,
    rankings.qualified_rounds,
    cast(rankings.rank as integer) as rank,
    cast(rankings.qualified_accounts as integer) as qualified_accounts,
    if(rankings.is_qualified, titles.title, rankings.unqualified_title) as title,
    rankings.is_closed,
    rankings.is_revised

from rankings
left join titles
    on
        rankings.account_id = titles.account_id
        and rankings.season = titles.season
        and rankings.score = titles.score
        and rankings.as_of_date = titles.as_of_date
