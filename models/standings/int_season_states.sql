{#
Grain: season, score, as_of_date; due days. How far a season has come: its resolved rounds, whether it is closed, and whether
scores of it were revised after that. It closes on the day by which the year is over and the final scores of each of its
rounds have become known.
#}
with

season_days as (

    select * from {{ ref('int_season_days') }}

),

season_rounds as (

    select * from {{ ref('int_season_rounds') }}

),

changes as (

    select * from {{ ref('int_season_changes') }}

),

seasons_due as (

    select distinct season
    from season_days
    where is_due

),

closings as (

    select
        season_rounds.season,
        season_rounds.score,
        case
            when count(*) = count(season_rounds.final_date)
                then
                    greatest(
                        max(season_rounds.final_date),
                        make_date(season_rounds.season + 1, 1, 1)
                    )
        end as closing_date

    from season_rounds
    semi join seasons_due on season_rounds.season = seasons_due.season
    group by season_rounds.season, season_rounds.score

),

states as (

    select
        season_days.season,
        changes.score,
        season_days.as_of_date,
        cast(sum(changes.resolved_change) as integer) as resolved_rounds,
        max(changes.change_date) as change_date

    from season_days
    inner join changes
        on
            season_days.season = changes.season
            and season_days.as_of_date >= changes.change_date
    where season_days.is_due
    group by all

)

select
    states.season,
    states.score,
    states.as_of_date,
    states.resolved_rounds,
    coalesce(states.as_of_date >= closings.closing_date, false) as is_closed,
    coalesce(states.change_date > closings.closing_date, false) as is_revised

from states
left join closings
    on
        states.season = closings.season
        and states.score = closings.score
where states.resolved_rounds > 0
