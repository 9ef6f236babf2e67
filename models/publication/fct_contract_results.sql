{{ config(materialized='incremental', meta={
    'worklist': 'int_contracts_checked',
    'keys': ['round_number', 'contract', 'subject'],
    'redoes': 'true',
}) }}
{#
Grain: round_number, contract, subject, expectation, model_id. The newest verdict of every expectation on what is
landed, refused or not.
#}
-- depends_on: {{ ref('int_contracts_checked') }}
with

results as (

    select * from {{ ref('int_contract_results') }}

)

select
    round_number,
    contract,
    subject,
    expectation,
    model_id,
    scope,
    success,
    metric,
    observed,
    expected,
    problem,
    example,
    advice,
    {{ build_started_at() }} as checked_at

from results
