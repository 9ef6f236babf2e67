{#
Grain: round_number. The rounds that are replayed now: live ones, closed, within what is asked for. Their signals
are prepared, if they are not held.
#}
with

simulations_due as (

    select * from {{ ref('int_simulations_due') }}

),

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

)

select distinct
    rounds_landed.round_number,
    rounds.close_at

from rounds_landed
inner join rounds on rounds_landed.round_number = rounds.round_number
inner join simulations_due
    on
        rounds_landed.round_number
        between simulations_due.first_round and simulations_due.last_round
where rounds_landed.kind = 'live' and rounds_landed.is_closed
