{# Grain: round_number. The rounds that a contract on the operator's tables refuses. #}
with

verdicts as (

    select * from {{ ref('int_round_verdicts') }}

),

expectations as (

    select * from {{ ref('int_round_expectations') }}

)

select distinct verdicts.round_number
from verdicts
inner join expectations
    on
        verdicts.round_number = expectations.round_number
        and verdicts.contract = expectations.contract
        and verdicts.expectation = expectations.expectation
where expectations.scope = 'round' and not verdicts.success
