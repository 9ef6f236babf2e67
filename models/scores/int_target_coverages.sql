{#
Grain: round_number, target, score_day, known_at. The stocks that a target day shares with its round: how
many, which set of them (coverage_id; 0 is the whole universe), and what is taken over them. Without a target
it is the whole universe.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

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

shared as (

    select
        round_number,
        target,
        score_day,
        known_at,
        count(*) as stock_count,
        any_value(target_count) as target_count,
        any_value(target_mean) as target_mean,
        avg(value) as shared_mean,
        min(value) as smallest,
        max(value) as largest,
        bit_xor(hash(stock_id)) as stock_set

    from targets
    group by all

)

select
    shared.round_number,
    shared.target,
    shared.score_day,
    shared.known_at,
    shared.stock_count,
    shared.target_mean,
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
        shared.stock_count / shared.target_count
    ) as overlap_share

from shared
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
