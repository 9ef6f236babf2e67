-- Grain: score, score_version, target. What an upload is scored on, official series first.
select
    scores.score,
    scores.score_version,
    scores.target,
    bool_or(scores.is_canon) as is_canon

from fct_scores as scores
inner join dim_rounds as rounds on scores.round_number = rounds.round_number
where scores.model_id = $model_id and rounds.kind = 'validation' and scores.target != 'none'
group by all
order by is_canon desc, scores.score asc, scores.score_version asc, scores.target asc
