-- Grain: model_id. Models with scores of historical rounds.
select
    scores.model_id,
    coalesce(any_value(models.display_name), scores.model_id) as model,
    count(distinct scores.round_number) as eras

from fct_scores as scores
inner join dim_rounds as rounds on scores.round_number = rounds.round_number
left join dim_models as models on scores.model_id = models.model_id
where rounds.kind = 'validation'
group by scores.model_id
order by lower(model), scores.model_id
