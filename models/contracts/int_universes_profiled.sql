{#
Grain: round_number. What the contract of universe/ is judged on. A round without a universe has one too, unless
nothing was submitted to it and its scores were taken elsewhere: then it needs none.
#}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

shared_identifiers as (

    select * from {{ ref('int_identifiers_shared') }}

),

scored_elsewhere as (

    select round_number
    from manifest
    group by round_number
    having bool_or(table_name = 'scores') and not bool_or(table_name = 'submissions')

),

counted as (

    select
        *,
        count(*) over (partition by round_number, stock_id) as times_named

    from universe

),

due as (

    select
        candidates.round_number,
        counted.stock_id,
        counted.sample_weight,
        counted.path,
        counted.times_named

    from candidates
    left join counted on candidates.round_number = counted.round_number
    left join scored_elsewhere on candidates.round_number = scored_elsewhere.round_number
    where
        (candidates.is_stale or candidates.is_prepared)
        and candidates.fingerprint is not null
        and (counted.path is not null or scored_elsewhere.round_number is null)

),

profiled as (

    select
        round_number,
        count(distinct stock_id) as stock_count,
        {{ count_faults('missing_ids', 'path is not null and stock_id is null') }},
        {{
            count_faults(
                'repeated_stocks', 'stock_id is not null and times_named > 1', 'stock_id'
            )
        }},
        {{
            count_faults(
                'unusable_weights',
                'path is not null and (not coalesce(isfinite(sample_weight), false) '
                ~ 'or sample_weight <= 0)',
                'stock_id'
            )
        }},
        {{ largest_size('largest_weight', 'sample_weight', 'stock_id') }}

    from due
    group by all

)

select
    profiled.*,
    coalesce(shared_identifiers.shared_identifier_share, 0) as shared_identifier_share,
    shared_identifiers.shared_identifier_share_example

from profiled
left join shared_identifiers on profiled.round_number = shared_identifiers.round_number
