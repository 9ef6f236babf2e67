{{ config(materialized='view') }}
{#
Grain: round_number, contract, expectation. The expectations that apply to each round; those without a tournament
apply to all, to what is landed for no round of the calendar, and to models/, which has no rounds: 0 stands for one.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

contract_expectations as (

    select * from {{ ref('contract_expectations') }}

),

unknown_rounds as (

    select 0 as round_number
    union
    select round_number
    from manifest
    where round_number is not null

),

judged_rounds as (

    select
        round_number,
        rule_set,
        open_at

    from rounds
    union all
    select
        unknown_rounds.round_number,
        null as rule_set,
        null as open_at

    from unknown_rounds
    anti join rounds on unknown_rounds.round_number = rounds.round_number

)

select
    judged_rounds.round_number,
    contract_expectations.contract,
    contract_expectations.scope,
    contract_expectations.expectation,
    contract_expectations.metric,
    contract_expectations.at_least,
    contract_expectations.at_most,
    contract_expectations.advice

from judged_rounds
inner join contract_expectations
    on
        (
            contract_expectations.tournament is null
            or contract_expectations.tournament = judged_rounds.rule_set
        )
        and {{ applies_to_round('contract_expectations', 'judged_rounds') }}
