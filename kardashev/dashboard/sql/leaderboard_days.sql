-- Grain: as_of_date. Days that have a leaderboard of the score, newest first.
select distinct as_of_date

from leaderboard_models
where score = $score
order by as_of_date desc
