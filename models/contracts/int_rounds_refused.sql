{#
Grain: round_number. The rounds that are refused: by a contract on the operator's tables, or for a file of them that
cannot be used.
#}
with

verdicts as (

    select * from {{ ref('int_round_verdicts') }}

),

expectations as (

    select * from {{ ref('int_round_expectations') }}

),

withheld as (

    select * from {{ ref('int_rounds_withheld') }}

)

select verdicts.round_number
from verdicts
inner join expectations
    on
        verdicts.round_number = expectations.round_number
        and verdicts.contract = expectations.contract
        and verdicts.expectation = expectations.expectation
where expectations.scope = 'round' and not verdicts.success

union

select round_number from withheld
