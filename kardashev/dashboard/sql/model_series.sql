-- Grain: score, score_version, target. What a model is scored on, official series first.
select
    score,
    score_version,
    target,
    bool_or(is_canon) as is_canon

from fct_scores
where model_id = $model_id
group by all
order by is_canon desc, score asc, score_version asc, target asc
