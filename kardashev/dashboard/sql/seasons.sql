-- Grain: season, score. What there are seasons of, newest first.
select distinct
    season,
    score

from leaderboard_seasons
order by season desc, score asc
