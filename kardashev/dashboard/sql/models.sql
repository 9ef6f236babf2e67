-- Grain: model_id. The models, by name.
select
    model_id,
    coalesce(display_name, model_id) as model

from dim_models
order by lower(model), model_id
