{{ config(materialized='incremental', meta={'redoes': 'is_prepared or is_pruned'}) }}
{#
Grain: round_number, model_key; the rounds held. Mean of a model's neutral weights, and the sum of their absolute
values when centred: what turnover divides by, taken once a round.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

weights as (

    select * from {{ ref('int_neutral_weights') }}

),

prepared_weights as not materialized (

    select weights.*
    from weights
    inner join rounds_due on weights.round_number = rounds_due.round_number
    where rounds_due.is_prepared

),

means as (

    select
        round_number,
        model_key,
        avg(weight) as mean_weight

    from prepared_weights
    group by all

)

select
    prepared_weights.round_number,
    prepared_weights.model_key,
    any_value(means.mean_weight) as mean_weight,
    sum(abs(prepared_weights.weight - means.mean_weight)) as weight_norm

from prepared_weights
inner join means
    on
        prepared_weights.round_number = means.round_number
        and prepared_weights.model_key = means.model_key
group by all
