-- Grain: score. What the leaderboards rank.
select distinct score

from leaderboard_models
order by score
