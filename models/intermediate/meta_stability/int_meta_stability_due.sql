{#
Grain: round_number. The worklist of the stability of meta models: the stale rounds, and those that have one in their
window. A stale round's stakes move its meta models, so these reach one window further than submissions do.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

stale_rounds as (

    select
        round_number,
        kind,
        era_date

    from rounds_due
    where is_stale

)

select round_number
from stale_rounds

union

select rounds.round_number
from rounds
inner join stale_rounds
    on
        rounds.kind = stale_rounds.kind
        and rounds.era_date > stale_rounds.era_date
        and rounds.era_date <= stale_rounds.era_date + rounds.window_days
