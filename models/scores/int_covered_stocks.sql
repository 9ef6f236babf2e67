{#
Grain: round_number, coverage_id, stock_key. The stocks of each set that due target days share with their
round; a set that several days share stands here once.
#}
with

coverages as (

    select * from {{ ref('int_target_coverages') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}
    where is_due

),

first_days as (

    select coverages.*
    from coverages
    semi join target_days_due
        on
            coverages.round_number = target_days_due.round_number
            and coverages.target = target_days_due.target
            and coverages.score_day = target_days_due.score_day
            and coverages.known_at = target_days_due.known_at
    window
        in_coverage as (
            partition by round_number, coverage_id order by target, score_day, known_at
        )
    qualify row_number() over in_coverage = 1

)

select
    first_days.round_number,
    first_days.coverage_id,
    first_days.stock_count,
    universe.stock_key

from first_days
inner join universe on first_days.round_number = universe.round_number
where first_days.coverage_id = 0

union all

select
    first_days.round_number,
    first_days.coverage_id,
    first_days.stock_count,
    targets.stock_key

from first_days
inner join targets
    on
        first_days.round_number = targets.round_number
        and first_days.target = targets.target
        and first_days.score_day = targets.score_day
        and first_days.known_at = targets.known_at
where first_days.coverage_id != 0
