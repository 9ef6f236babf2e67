{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number. The ledger of payouts, written when the marts of payouts are: the rules that a round was
paid by, and when it closed.
#}
-- depends_on: {{ ref('fct_round_payouts') }}
-- depends_on: {{ ref('fct_stake_ledger') }}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

)

select
    round_number,
    close_at,
    rules_fingerprint

from payouts_due
where is_due and rules_fingerprint is not null
