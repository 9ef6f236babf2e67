-- Grain: account_id, as_of_date. Ranks of the day's first ten over the thirty days before it.
with

leaders as (

    select account_id

    from leaderboard_accounts
    where score = $score and as_of_date = cast($as_of_date as date) and rank <= 10

),

days as (

    select distinct as_of_date

    from leaderboard_accounts
    where score = $score and as_of_date <= cast($as_of_date as date)
    order by as_of_date desc
    limit 30

)

select
    standings.as_of_date,
    standings.account_id as account,
    standings.rank,
    standings.reputation

from leaderboard_accounts as standings
inner join leaders on standings.account_id = leaders.account_id
inner join days on standings.as_of_date = days.as_of_date
where standings.score = $score and standings.rank is not null
order by standings.as_of_date, standings.rank
