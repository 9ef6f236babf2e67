{#
Grain: round_number, model_id; rounds scored. How old each registered model was when the round closed: whole months since its
creation, and the name that rules give to that age. A model that is said to be created later is as young as can
be.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

model_ages as (

    select * from {{ ref('model_ages') }}

),

ages as (

    select
        submissions.round_number,
        submissions.model_id,
        greatest(date_sub('month', models.created_at, results_due.close_at), 0) as age_months

    from submissions
    inner join results_due on submissions.round_number = results_due.round_number
    inner join models on submissions.model_id = models.model_id
    where
        results_due.is_scored
        and submissions.status = 'accepted'
        and models.created_at is not null

)

select
    ages.round_number,
    ages.model_id,
    ages.age_months,
    model_ages.model_age,
    model_ages.from_months,
    model_ages.is_young

from ages
asof inner join model_ages on ages.age_months >= model_ages.from_months
