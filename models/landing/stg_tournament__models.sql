{{ config(materialized='view') }}
{# Grain: a landed row; `int_models_known` has one for each model. #}
-- depends_on: {{ ref('int_landing_manifest') }}
with

source as (

    select * from {{ source('landing', 'models') }}

)

select
    model_id,
    account_id,
    coalesce(display_name, model_id) as display_name,
    coalesce(is_benchmark, false) as is_benchmark,
    coalesce(is_example, false) as is_example,
    {{ in_utc('created_at') }} as created_at,
    path

from source
