{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_deliveries_judged',
        'keys': ['round_number', 'subject'],
        'redoes': 'is_measured',
    },
) }}
{#
Grain: round_number, subject (a target, score day and delivery). What the contract of targets/ is judged on, of each
delivery that was judged: measured once, and anew if it, its round, or its rules change.
#}
with

deliveries as (

    select * from {{ ref('int_target_deliveries_judged') }}
    where is_measured

),

targets as (

    select * from {{ ref('stg_tournament__targets') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

universe_stocks as (

    select distinct
        universe.round_number,
        universe.stock_id

    from universe
    semi join deliveries on universe.round_number = deliveries.round_number

),

universe_sizes as (

    select
        round_number,
        count(stock_id) as universe_count

    from universe_stocks
    group by all

),

delivered as (

    select
        targets.*,
        deliveries.subject,
        deliveries.fingerprint,
        deliveries.era_date,
        date_diff('day', deliveries.close_at, targets.known_at) as days_after_close,
        deliveries.final_score_day,
        deliveries.is_binned,
        coalesce(universe_sizes.universe_count, 0) as universe_count,
        universe_stocks.stock_id is not null as is_in_universe,
        count(*) over (
            partition by
                targets.round_number,
                targets.target,
                targets.score_day,
                targets.known_at,
                targets.stock_id
        ) as times_named

    from targets
    inner join deliveries
        on
            targets.round_number = deliveries.round_number
            and targets.target is not distinct from deliveries.target
            and targets.score_day is not distinct from deliveries.score_day
            and targets.known_at is not distinct from deliveries.known_at
    left join universe_sizes on targets.round_number = universe_sizes.round_number
    left join universe_stocks
        on
            targets.round_number = universe_stocks.round_number
            and targets.stock_id = universe_stocks.stock_id

),

measured as (

    select
        round_number,
        subject,
        fingerprint,
        target,
        score_day,
        known_at,
        is_binned,
        universe_count,
        count(*) as row_count,
        count(*) filter (where is_in_universe) as shared_count,
        {{ count_faults('missing_keys', 'target is null or score_day is null or known_at is null') }},
        {{ count_faults('unknown_targets', 'target is not null and final_score_day is null') }},
        {{ count_faults('unknown_days', 'score_day not between 1 and final_score_day') }},
        {{
            count_faults(
                'unusable_values',
                'stock_id is null or not coalesce(isfinite(value), false)',
                'stock_id'
            )
        }},
        {{ count_faults('repeated_stocks', 'stock_id is not null and times_named > 1', 'stock_id') }},
        {{ count_faults('days_known_before_era', 'known_at <= era_date') }},
        coalesce(max(days_after_close), 0) as days_known_after_close,
        min(path) as days_known_after_close_example,
        {{ largest_size('largest_value', 'value', 'stock_id') }},
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
    * exclude (
        target, score_day, known_at, is_binned, universe_count, row_count, shared_count, bin_share_error
    ),
    least(shared_count / row_count, shared_count / universe_count) as overlap_share,
    if(is_binned, bin_share_error, 0) as bin_share_error

from measured
