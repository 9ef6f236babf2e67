{{ config(materialized='view') }}
{# Grain: account_id, round_number. How many models an account had when the round closed, whether they took part or not. #}
with

models as (

    select * from {{ ref('dim_models') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

)

select
    models.account_id,
    rounds.round_number,
    count(*) as model_count

from rounds
inner join models on coalesce(models.created_at <= rounds.close_at, true)
where models.account_id is not null
group by all
