{{ config(
    materialized='incremental',
    meta={'worklist': 'int_submissions_due', 'redoes': 'true'},
) }}
{# Grain: round_number. The ledger of submissions, written when their mart is: who was expected in each round. #}
-- depends_on: {{ ref('fct_submissions') }}
with

submissions_due as (

    select * from {{ ref('int_submissions_due') }}

)

select
    round_number,
    roster

from submissions_due
where roster is not null
