{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_scored'}) }}
{#
Grain: round_number, metric, score_day, model_age. The mean of each official series over the models of one age, by the day of
the round: how signals decay with the age of the model, and with the days since the close.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

ages as (

    select * from {{ ref('int_model_ages') }}

)

select
    scores.round_number,
    scores.metric,
    scores.score_day,
    ages.model_age,
    ages.from_months,
    scores.score,
    scores.score_version,
    scores.target,
    scores.is_final,
    max(scores.known_at) as known_at,
    count(*) as model_count,
    {{ exact_sum_of_amounts('scores.value') }} / count(*) as mean_value,
    {{ exact_sum_of_amounts('scores.percentile') }} / count(*) as mean_percentile

from scores
inner join results_due on scores.round_number = results_due.round_number
inner join ages
    on
        scores.round_number = ages.round_number
        and scores.model_id = ages.model_id
where
    results_due.is_scored
    and scores.metric is not null
    and scores.value is not null
group by all
