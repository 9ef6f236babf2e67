{{ config(materialized='incremental', meta={
    'worklist': 'int_target_days_due',
    'keys': ['round_number', 'target', 'score_day', 'known_at'],
    'redoes': 'is_due',
}) }}
{#
Grain: round_number, model_id, score_version, target, score_day, known_at. How sure each True Contribution is: its standard
error over draws of stakes, and the correlation over models between the two halves of the draws.
#}
with

true_contributions as (

    select * from {{ ref('int_true_contributions') }}

),

models as (

    select * from {{ ref('int_model_keys') }}

)

select
    true_contributions.round_number,
    models.model_id,
    true_contributions.score_version,
    true_contributions.target,
    true_contributions.score_day,
    true_contributions.known_at,
    true_contributions.value,
    true_contributions.standard_error,
    true_contributions.half_sample_correlation

from true_contributions
inner join models on true_contributions.model_key = models.model_key
where true_contributions.value is not null
