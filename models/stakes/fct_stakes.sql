{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, model_id. Stakes at the close, and what of them is at risk. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

stakes as (

    select * from {{ ref('int_stakes_at_risk') }}

)

select
    stakes.round_number,
    stakes.model_id,
    stakes.stake_nmr,
    stakes.at_risk_nmr,
    stakes.zeroed_reason,
    stakes.max_churn,
    stakes.max_turnover,
    stakes.mean_neutral_churn

from stakes
inner join rounds_due on stakes.round_number = rounds_due.round_number
where rounds_due.is_stale
