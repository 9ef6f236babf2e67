-- Grain: score, score_version, target. What a round is scored on, official series first.
select
    score,
    score_version,
    target,
    bool_or(is_canon) as is_canon

from fct_scores
where round_number = $round_number
group by all
order by is_canon desc, score asc, score_version asc, target asc
