{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, meta_model, stock_key. The portfolio that each meta model is: SWP, and of the others the neutral
weights of their signal, centred and divided by the sum of their absolute values.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

meta_models as (

    select * from {{ ref('int_meta_models') }}

),

meta_signals as (

    select * from {{ ref('int_meta_signals_ranked') }}

),

neutral_weights as (

    select * from {{ ref('int_meta_neutral_weights') }}

),

named as (

    select
        neutral_weights.round_number,
        meta_signals.model_id as meta_model,
        neutral_weights.stock_key,
        neutral_weights.weight

    from neutral_weights
    inner join meta_signals
        on
            neutral_weights.round_number = meta_signals.round_number
            and neutral_weights.model_key = meta_signals.model_key
            and neutral_weights.stock_key = meta_signals.stock_key

),

centred as (

    select * replace (weight - avg(weight) over in_round as weight)

    from named
    window in_round as (partition by round_number, meta_model)

)

select
    round_number,
    meta_model,
    stock_key,
    weight / nullif(sum(abs(weight)) over in_round, 0) as weight

from centred
window in_round as (partition by round_number, meta_model)

union all

select
    meta_models.round_number,
    meta_models.meta_model,
    meta_models.stock_key,
    meta_models.value as weight

from meta_models
inner join rounds_due on meta_models.round_number = rounds_due.round_number
where rounds_due.is_stale and meta_models.meta_model = 'SWP'
