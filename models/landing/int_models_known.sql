{#
Grain: model_id. The registered models. Of rows that differ about a model none is believed: what the last build
knew of it stays, and without that it is not registered. The contract of models/ names it.
#}
{% set known = left_by_last_build('int_models_known') %}
with

models as (

    select * from {{ ref('stg_tournament__models') }}

),

registrations as (

    select distinct
        model_id,
        account_id,
        display_name,
        is_benchmark,
        is_example,
        created_at

    from models
    where model_id is not null

),

agreed as (

    select *
    from registrations
    qualify count(*) over (partition by model_id) = 1

),

known_before as (

    {% if known %}
        select * from {{ known }}
    {% else %}
        select * from registrations
        where false
    {% endif %}

),

disputed as (

    select known_before.*
    from known_before
    semi join registrations on known_before.model_id = registrations.model_id
    anti join agreed on known_before.model_id = agreed.model_id

)

select * from agreed
union all by name
select * from disputed
