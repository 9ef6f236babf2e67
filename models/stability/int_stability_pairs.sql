{# Grain: round_number, lag_round. The stale rounds, each with the rounds of its window. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

windows as (

    select * from {{ ref('int_round_windows') }}

)

select
    windows.round_number,
    windows.lag_round,
    windows.minimum_overlap

from windows
inner join rounds_due on windows.round_number = rounds_due.round_number
where rounds_due.is_stale
