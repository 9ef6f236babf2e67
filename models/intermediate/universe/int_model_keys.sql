{{ config(materialized='incremental', incremental_strategy='append') }}
{# Grain: model_id. A small key for each model ever seen, in order of arrival: never published. #}
with

submissions as (

    select * from {{ ref('stg_tournament__submissions') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

seen_models as (

    select model_id from submissions
    union
    select model_id from stakes

),

new_models as (

    select model_id
    from seen_models
    {% if is_incremental() %}
        where model_id not in (select model_id from {{ this }})
    {% endif %}

)

select
    model_id,
    cast(
        row_number() over (order by model_id)
        {% if is_incremental() %}
            + (select coalesce(max(model_key), 0) from {{ this }})
        {% endif %}
        as integer
    ) as model_key

from new_models
