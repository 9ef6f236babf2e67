{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{# Grain: model_id, as_of_date, score. Standings of models, of each day on which final scores became known. #}
with

standings as (

    select * from {{ ref('int_standings') }}

)

select
    entrant_id as model_id,
    account_id,
    display_name,
    as_of_date,
    score,
    rank,
    previous_rank,
    reputation,
    reputation_three_months,
    reputation_all_time,
    round_count,
    stake_nmr,
    at_risk_nmr,
    return_one_year,
    return_three_months,
    return_all_time,
    payout_one_year_nmr,
    payout_three_months_nmr,
    payout_all_time_nmr

from standings
where entrant_kind = 'model'
