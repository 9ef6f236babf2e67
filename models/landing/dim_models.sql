{# Grain: model_id. Registered models, as they are registered now. #}
with

models as (

    select * from {{ ref('int_models_known') }}

)

select
    model_id,
    account_id,
    display_name,
    is_benchmark,
    is_example,
    not is_benchmark and not is_example as is_ranked,
    created_at

from models
