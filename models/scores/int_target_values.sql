{#
Grain: round_number, target, score_day, known_at, stock_key. The values of each due target day on the stocks of its
round.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

targets as (

    select * from {{ ref('stg_tournament__targets') }}

),

universe as (

    select * from {{ ref('int_universe') }}

)

select
    targets.round_number,
    targets.target,
    targets.score_day,
    targets.known_at,
    universe.stock_key,
    targets.value

from targets
inner join target_days_due
    on
        targets.round_number = target_days_due.round_number
        and targets.target = target_days_due.target
        and targets.score_day = target_days_due.score_day
        and targets.known_at = target_days_due.known_at
inner join universe
    on
        targets.round_number = universe.round_number
        and targets.stock_id = universe.stock_id
where target_days_due.is_due and isfinite(targets.value)
