{#
Grain: round_number. The rounds whose N and factors are profiled now: what is known of them was made from something else,
as the fingerprint beside it tells. A round that only has another upload is judged on the profiles that stand.
#}
{% set profiled = left_by_last_build(
    'int_columns_profiled', round_number='integer', columns_fingerprint='varchar'
) %}
{% set measured = left_by_last_build(
    'int_orthonormality_profiled', round_number='integer', columns_fingerprint='varchar'
) %}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

profiled as (

    select distinct
        round_number,
        columns_fingerprint
    from {{ profiled }}

),

measured as (

    select distinct
        round_number,
        columns_fingerprint
    from {{ measured }}

),

judged as (

    select
        candidates.round_number,
        rounds_landed.columns_fingerprint

    from candidates
    left join rounds_landed on candidates.round_number = rounds_landed.round_number
    where candidates.is_stale or candidates.is_prepared

)

select
    judged.round_number,
    judged.columns_fingerprint,
    (profiled.columns_fingerprint is distinct from judged.columns_fingerprint) as is_profiled,
    (measured.columns_fingerprint is distinct from judged.columns_fingerprint) as is_measured

from judged
left join profiled on judged.round_number = profiled.round_number
left join measured on judged.round_number = measured.round_number
where is_profiled or is_measured
