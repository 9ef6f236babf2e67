{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: account_id, round_number. What an account had at risk in a live round, over all its models that are ranked. A stake is at risk only
with an accepted submission that came on time.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

models as (

    select * from {{ ref('dim_models') }}

)

select
    models.account_id,
    stakes.round_number,
    {{ exact_sum_of_amounts('stakes.at_risk_nmr') }} as at_risk_nmr

from stakes
inner join results_due on stakes.round_number = results_due.round_number
inner join paying_rounds on stakes.round_number = paying_rounds.round_number
inner join models on stakes.model_id = models.model_id
where
    results_due.is_due
    and models.account_id is not null
    and models.is_ranked
    and stakes.at_risk_nmr > 0
group by all
