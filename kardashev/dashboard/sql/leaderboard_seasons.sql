-- Grain: account_id. One season's leaderboard, with titles.
select *

from leaderboard_seasons
where season = $season and score = $score and contains(lower(account_id), lower($search))
order by rank nulls last, account_id
