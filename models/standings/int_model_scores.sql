{{ config(materialized='view') }}
{#
Grain: model_id, score, round_number, known_at. Official final scores of models, by delivery: null where a delivery has
none. `score` is the metric, one seamless series over the scores that were official in turn.
#}
with

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

)

select
    revisions.model_id,
    models.account_id,
    revisions.metric as score,
    revisions.round_number,
    revisions.known_at,
    revisions.value,
    coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr

from revisions
left join models on revisions.model_id = models.model_id
left join stakes
    on
        revisions.round_number = stakes.round_number
        and revisions.model_id = stakes.model_id
where revisions.is_final and revisions.is_canon
