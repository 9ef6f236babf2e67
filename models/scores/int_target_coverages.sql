{#
Grain: round_number, target, score_day, known_at. The stocks that a target day shares with its round: how
many, which set of them (coverage_id; 0 is the whole universe), and what is taken over them; target_mean is over all
landed stocks, before the target is cut to the universe. Without a target it is the whole universe.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

landed_targets as (

    select * from {{ ref('stg_tournament__targets') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

universe as (

    select * from {{ ref('int_universe') }}

),

universe_sizes as (

    select
        round_number,
        count(*) as universe_count

    from universe
    group by all

),

landed as (

    select
        landed_targets.round_number,
        landed_targets.target,
        landed_targets.score_day,
        landed_targets.known_at,
        count(*) as target_count,
        {{ exact_sum('landed_targets.value') }} / count(*) as target_mean

    from landed_targets
    inner join target_days_due
        on
            landed_targets.round_number = target_days_due.round_number
            and landed_targets.target = target_days_due.target
            and landed_targets.score_day = target_days_due.score_day
            and landed_targets.known_at = target_days_due.known_at
    where target_days_due.is_due and isfinite(landed_targets.value)
    group by all

),

shared as (

    select
        round_number,
        target,
        score_day,
        known_at,
        count(*) as stock_count,
        {{ exact_sum('value') }} / count(*) as shared_mean,
        min(value) as smallest,
        max(value) as largest,
        bit_xor(hash(stock_key)) as stock_set

    from targets
    group by all

)

select
    shared.round_number,
    shared.target,
    shared.score_day,
    shared.known_at,
    shared.stock_count,
    landed.target_mean,
    shared.shared_mean,
    shared.smallest = shared.largest as is_constant,
    shared.smallest >= 0 and shared.largest <= 1 as is_binned,
    case
        when shared.stock_count < universe_sizes.universe_count
            then cast(shared.stock_set >> 1 as bigint)
        else 0
    end as coverage_id,
    least(
        shared.stock_count / universe_sizes.universe_count,
        shared.stock_count / landed.target_count
    ) as overlap_share

from shared
inner join landed
    on
        shared.round_number = landed.round_number
        and shared.target = landed.target
        and shared.score_day = landed.score_day
        and shared.known_at = landed.known_at
inner join universe_sizes on shared.round_number = universe_sizes.round_number

union all

select
    target_days_due.round_number,
    target_days_due.target,
    target_days_due.score_day,
    target_days_due.known_at,
    universe_sizes.universe_count as stock_count,
    null as target_mean,
    null as shared_mean,
    false as is_constant,
    false as is_binned,
    0 as coverage_id,
    1 as overlap_share

from target_days_due
inner join universe_sizes on target_days_due.round_number = universe_sizes.round_number
where target_days_due.is_due and target_days_due.target = 'none'
