{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_days_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'is_due',
    },
) }}
{#
Grain: round_number, model_id, target, score_day, known_at; final days. What each model's own neutral
weights, centred and over their L1 norm, returned; a stock without a return counts as unchanged. Null where
returns cover too few stocks for a score. A signal in the span of N has no weights.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

weights as not materialized (

    select * from {{ ref('int_neutral_weights') }}

),

weight_norms as (

    select * from {{ ref('int_weight_norms') }}

),

neutral_norms as (

    select * from {{ ref('int_neutral_norms') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

days as (

    select
        round_number,
        target,
        score_day,
        known_at,
        overlap_share >= minimum_overlap as is_covered

    from scores_due
    where
        family = 'tc'
        and score_version = 'v1'
        and is_final

),

scaled_weights as (

    select
        weights.round_number,
        weights.model_key,
        weights.stock_key,
        (weights.weight - weight_norms.mean_weight) / weight_norms.weight_norm as weight

    from weights
    inner join weight_norms
        on
            weights.round_number = weight_norms.round_number
            and weights.model_key = weight_norms.model_key
    inner join neutral_norms
        on
            weights.round_number = neutral_norms.round_number
            and weights.model_key = neutral_norms.model_key
    where
        neutral_norms.projection_norm is not null
        and weight_norms.weight_norm > 0
        and weights.round_number in (select days.round_number from days)

)

select
    days.round_number,
    model_keys.model_id,
    days.target,
    days.score_day,
    days.known_at,
    {{ exact_sum('if(days.is_covered, scaled_weights.weight * targets.value, null)') }}
        as neutral_return

from days
inner join targets
    on
        days.round_number = targets.round_number
        and days.target = targets.target
        and days.score_day = targets.score_day
        and days.known_at = targets.known_at
inner join scaled_weights
    on
        targets.round_number = scaled_weights.round_number
        and targets.stock_key = scaled_weights.stock_key
inner join model_keys on scaled_weights.model_key = model_keys.model_key
group by all
