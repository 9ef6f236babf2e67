{{ config(materialized='table') }}
{# Grain: account_id, as_of_date, score. Standings of accounts, of each day on which final scores became known. #}
with

standings as (

    select * from {{ ref('int_standings') }}

)

select
    entrant_id as account_id,
    as_of_date,
    score,
    rank,
    previous_rank,
    reputation,
    reputation_three_months,
    reputation_all_time,
    round_count,
    stake_nmr

from standings
where entrant_kind = 'account'
