{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_due',
}) }}
{# Grain: account_id, as_of_date, score. Standings of accounts, of each day on which final scores became known. #}
with

standings as (

    select * from {{ ref('int_standings') }}

)

select
    entrant_id as account_id,
    * exclude (entrant_kind, entrant_id, account_id, display_name, is_ranked)

from standings
where entrant_kind = 'account'
