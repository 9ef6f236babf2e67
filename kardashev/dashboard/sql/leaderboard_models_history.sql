-- Grain: model_id, as_of_date. Ranks of the day's first ten over the thirty days before it.
with

leaders as (

    select model_id

    from leaderboard_models
    where score = $score and as_of_date = cast($as_of_date as date) and rank <= 10

),

days as (

    select distinct as_of_date

    from leaderboard_models
    where score = $score and as_of_date <= cast($as_of_date as date)
    order by as_of_date desc
    limit 30

)

select
    standings.as_of_date,
    coalesce(standings.display_name, standings.model_id) as model,
    standings.rank,
    standings.reputation,
    standings.model_id

from leaderboard_models as standings
inner join leaders on standings.model_id = leaders.model_id
inner join days on standings.as_of_date = days.as_of_date
where standings.score = $score and standings.rank is not null
order by standings.as_of_date, standings.rank, standings.model_id
