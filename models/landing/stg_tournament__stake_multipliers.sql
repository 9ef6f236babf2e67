{{ config(materialized='view') }}
{# Grain: round_number, model_id, score; the rounds that are due. What each model chose, where it could choose. #}
-- depends_on: {{ ref('int_landing_narrowed') }}
with

source as (

    select * from {{ source('landing', 'stakes') }}

),

chosen as (

    select
        round_number,
        model_id,
        path,
        columns('.*_multiplier')

    from source

),

named as (

    unpivot chosen
    on columns('.*_multiplier')
    into name multiplier_column value multiplier

)

select
    round_number,
    model_id,
    replace(multiplier_column, '_multiplier', '') as score,
    multiplier,
    path

from named
