{{ config(materialized='view') }}
{# Grain: round_number, contract, expectation. The expectations that apply to each round; those without a
tournament apply to all. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

contract_expectations as (

    select * from {{ ref('contract_expectations') }}

)

select
    rounds.round_number,
    contract_expectations.contract,
    contract_expectations.scope,
    contract_expectations.expectation,
    contract_expectations.metric,
    contract_expectations.at_least,
    contract_expectations.at_most,
    contract_expectations.advice

from rounds
inner join contract_expectations
    on
        rounds.rule_set
        = coalesce(contract_expectations.tournament, rounds.rule_set)
        and {{ applies_to_round('contract_expectations', 'rounds.round_number') }}
