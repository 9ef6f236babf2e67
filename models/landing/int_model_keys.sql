{{ config(materialized='incremental') }}
{# Grain: model_id. A small key for each model ever seen, in order of arrival: never published. #}
with

submissions as (

    select * from {{ ref('stg_tournament__submissions') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

scores as (

    select * from {{ ref('stg_tournament__scores') }}

),

seen_models as (

    select model_id from submissions
    union
    select model_id from stakes
    union
    select model_id from scores

),

known_models as (

    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select
            cast(null as varchar) as model_id,
            cast(null as integer) as model_key
        where false
    {% endif %}

),

last_key as (

    select coalesce(max(model_key), 0) as model_key from known_models

),

new_models as (

    select distinct seen_models.model_id
    from seen_models
    anti join known_models on seen_models.model_id = known_models.model_id
    where seen_models.model_id is not null

)

select
    new_models.model_id,
    cast(
        last_key.model_key + row_number() over (order by new_models.model_id) as integer
    ) as model_key

from new_models
cross join last_key
