{#
Grain: round_number. The worklist of the stability of meta models: the stale rounds, and those that have one in their
window. A stale round's stakes move its meta models, so these reach one window further than submissions do.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

windows as (

    select * from {{ ref('int_round_windows') }}

),

stale_rounds as (

    select round_number
    from rounds_due
    where is_stale

)

select round_number
from stale_rounds

union

select windows.round_number
from windows
inner join stale_rounds on windows.lag_round = stale_rounds.round_number
