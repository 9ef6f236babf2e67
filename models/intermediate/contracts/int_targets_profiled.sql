{#
Grain: round_number, subject (a target, score day and delivery). What the contract of targets/ is judged on, for each delivery
to be scored.
#}
with

candidates as (

    select * from {{ ref('int_target_day_candidates') }}

),

targets as (

    select * from {{ ref('stg_tournament__targets') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

target_definitions as (

    select * from {{ ref('target_definitions') }}

),

universe_sizes as (

    select
        round_number,
        count(distinct stock_id) as universe_count

    from universe
    group by all

),

universe_stocks as (

    select distinct
        round_number,
        stock_id

    from universe

),

delivered as (

    select
        targets.*,
        universe_stocks.stock_id is not null as is_in_universe,
        rounds.era_date,
        rounds.rule_set

    from targets
    inner join candidates
        on
            targets.round_number = candidates.round_number
            and targets.target = candidates.target
            and targets.score_day = candidates.score_day
            and targets.known_at = candidates.known_at
    inner join rounds on targets.round_number = rounds.round_number
    left join universe_stocks
        on
            targets.round_number = universe_stocks.round_number
            and targets.stock_id = universe_stocks.stock_id

),

measured as (

    select
        round_number,
        target,
        score_day,
        known_at,
        rule_set,
        count(*) as row_count,
        count(*) filter (
            where stock_id is null or not coalesce(isfinite(value), false)
        ) as unusable_values,
        count(stock_id) - count(distinct stock_id) as repeated_stocks,
        count(*) filter (where is_in_universe) as shared_count,
        count(*) filter (where known_at <= era_date) as days_known_before_era,
        greatest(
            abs(avg(cast(value = 0 as double)) - 0.05),
            abs(avg(cast(value = 0.25 as double)) - 0.2),
            abs(avg(cast(value = 0.5 as double)) - 0.5),
            abs(avg(cast(value = 0.75 as double)) - 0.2),
            abs(avg(cast(value = 1 as double)) - 0.05)
        ) as bin_share_error

    from delivered
    group by all

)

select
    measured.round_number,
    {{ delivery_name('measured') }} as subject,
    measured.unusable_values,
    measured.repeated_stocks,
    measured.days_known_before_era,
    least(
        measured.shared_count / measured.row_count,
        measured.shared_count / coalesce(universe_sizes.universe_count, 0)
    ) as overlap_share,
    if(target_definitions.is_binned, measured.bin_share_error, 0) as bin_share_error

from measured
inner join target_definitions
    on
        measured.rule_set = target_definitions.tournament
        and measured.target = target_definitions.target
left join universe_sizes on measured.round_number = universe_sizes.round_number
