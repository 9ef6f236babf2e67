{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_values_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'true',
    },
) }}
{#
Grain: round_number, target, score_day, known_at. The stocks that a held target day shares with its round: how
many, which set of them (coverage_id; 0 is the whole universe), and what is taken over them; target_mean is over all
landed stocks, before the target is cut to the universe. Without a target it is the whole universe.
#}
with

values_due as (

    select * from {{ ref('int_target_values_due') }}
    where is_made

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
        values_due.fingerprint,
        count(*) as target_count,
        {{ exact_sum('landed_targets.value') }} / count(*) as target_mean

    from landed_targets
    inner join values_due
        on
            landed_targets.round_number = values_due.round_number
            and landed_targets.target = values_due.target
            and landed_targets.score_day = values_due.score_day
            and landed_targets.known_at = values_due.known_at
    where isfinite(landed_targets.value)
    group by all

),

shared as (

    select
        targets.round_number,
        targets.target,
        targets.score_day,
        targets.known_at,
        count(*) as stock_count,
        {{ exact_sum('targets.value') }} / count(*) as shared_mean,
        min(targets.value) as smallest,
        max(targets.value) as largest,
        bit_xor(hash(targets.stock_key)) as stock_set

    from targets
    semi join values_due
        on
            targets.round_number = values_due.round_number
            and targets.target = values_due.target
            and targets.score_day = values_due.score_day
            and targets.known_at = values_due.known_at
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
    ) as overlap_share,
    landed.fingerprint

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
    values_due.round_number,
    values_due.target,
    values_due.score_day,
    values_due.known_at,
    universe_sizes.universe_count as stock_count,
    null as target_mean,
    null as shared_mean,
    false as is_constant,
    false as is_binned,
    0 as coverage_id,
    1 as overlap_share,
    values_due.fingerprint

from values_due
inner join universe_sizes on values_due.round_number = universe_sizes.round_number
where values_due.target = 'none'
