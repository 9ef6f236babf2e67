{{ config(
    materialized='incremental',
    meta={'worklist': 'int_altered_trades_due', 'redoes': 'is_due'},
) }}
{# Grain: round_number. The ledger of altered trades, written when these are: what they were made from. #}
-- depends_on: {{ ref('fct_altered_trades') }}
with

trades_due as (

    select * from {{ ref('int_altered_trades_due') }}

)

select
    round_number,
    fingerprint

from trades_due
where is_due and fingerprint is not null
