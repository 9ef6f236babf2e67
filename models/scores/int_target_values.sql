{#
Grain: round_number, target, score_day, known_at, stock_key. The values of each due target day on the stocks
of its round, beside what is taken over all landed stocks, before the target is cut to the universe.
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

),

delivered as (

    select
        targets.round_number,
        targets.target,
        targets.score_day,
        targets.known_at,
        targets.stock_id,
        targets.value

    from targets
    inner join target_days_due
        on
            targets.round_number = target_days_due.round_number
            and targets.target = target_days_due.target
            and targets.score_day = target_days_due.score_day
            and targets.known_at = target_days_due.known_at
    where target_days_due.is_due and isfinite(targets.value)

),

measured as (

    select
        *,
        count(*) over target_days as target_count,
        avg(value) over target_days as target_mean

    from delivered
    window target_days as (partition by round_number, target, score_day, known_at)

)

select
    measured.round_number,
    measured.target,
    measured.score_day,
    measured.known_at,
    universe.stock_key,
    measured.stock_id,
    measured.value,
    measured.target_count,
    measured.target_mean

from measured
inner join universe
    on
        measured.round_number = universe.round_number
        and measured.stock_id = universe.stock_id
