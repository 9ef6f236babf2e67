{#
Grain: round_number, target, stock_id. The final values of the targets that replayed scores are taken on, beside
their mean over all landed stocks; a stock outside the universe has no key.
#}
with

simulated_scores as (

    select * from {{ ref('int_simulated_scores') }}

),

targets as (

    select * from {{ ref('stg_tournament__targets') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

wanted_days as (

    select distinct
        round_number,
        target,
        score_day,
        known_at

    from simulated_scores
    where target != 'none'

)

select
    targets.round_number,
    targets.target,
    targets.stock_id,
    universe.stock_key,
    targets.value,
    avg(targets.value) over (partition by targets.round_number, targets.target)
        as target_mean

from targets
inner join wanted_days
    on
        targets.round_number = wanted_days.round_number
        and targets.target = wanted_days.target
        and targets.score_day = wanted_days.score_day
        and targets.known_at = wanted_days.known_at
left join universe
    on
        targets.round_number = universe.round_number
        and targets.stock_id = universe.stock_id
where isfinite(targets.value)
