{# Grain: round_number. The rounds that a contract on the operator's tables refuses. #}
with

verdicts as (

    select * from {{ ref('int_round_verdicts') }}

)

select distinct round_number
from verdicts
where not success
