{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_scored'}) }}
{#
Grain: round_number. How old the stake-weighted meta model is: the share of the stake at risk that is on young models,
and the mean age of what is staked. A rejuvenated meta model has a high share.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

ages as (

    select * from {{ ref('int_model_ages') }}

),

staked as (

    select
        stakes.round_number,
        stakes.at_risk_nmr,
        ages.age_months,
        coalesce(ages.is_young, false) as is_young

    from stakes
    inner join results_due on stakes.round_number = results_due.round_number
    left join ages
        on
            stakes.round_number = ages.round_number
            and stakes.model_id = ages.model_id
    where results_due.is_scored and stakes.at_risk_nmr > 0

),

sums as (

    select
        round_number,
        count(*) as staked_models,
        count(*) filter (where is_young) as young_models,
        count(*) filter (where age_months is null) as models_without_age,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr,
        coalesce({{ exact_sum_of_amounts('if(is_young, at_risk_nmr, 0)') }}, 0)
            as young_at_risk_nmr,
        {{ exact_sum_of_amounts('if(age_months is null, 0, at_risk_nmr)') }} as aged_at_risk_nmr,
        {{ exact_sum_of_amounts('at_risk_nmr * age_months') }} as staked_months

    from staked
    group by all

)

select
    round_number,
    staked_models,
    young_models,
    models_without_age,
    at_risk_nmr,
    young_at_risk_nmr,
    young_at_risk_nmr / nullif(aged_at_risk_nmr, 0) as young_stake_share,
    staked_months / nullif(aged_at_risk_nmr, 0) as mean_age_months

from sums
