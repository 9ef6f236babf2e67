{#
Grain: round_number, target, score_day, known_at. The due target days whose values on the stocks of their round are taken
anew, and those that are dropped. Rounds of validation keep theirs: a further upload to them takes none anew, unless the
delivery or the universe has changed, as the fingerprint tells.
#}
{% set held = left_by_last_build(
    'int_target_coverages',
    round_number='integer',
    target='varchar',
    score_day='integer',
    known_at='timestamp',
    fingerprint='varchar'
) %}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

rounds_landed as (

    select * from {{ ref('int_rounds_landed') }}

),

held as (

    select * from {{ held }}

),

compared as (

    select
        round_number,
        target,
        score_day,
        known_at,
        rounds_landed.kind,
        coalesce(target_days_due.is_due, false) as is_due,
        if(
            is_due and target_days_due.has_target and target_days_due.fingerprint is not null,
            md5(concat_ws(', ', target_days_due.fingerprint, rounds_landed.columns_fingerprint)),
            null
        ) as fingerprint,
        held.fingerprint as held_fingerprint

    from target_days_due
    full outer join held using (round_number, target, score_day, known_at)
    left join rounds_landed using (round_number)

)

select
    round_number,
    target,
    score_day,
    known_at,
    fingerprint,
    fingerprint is not null as is_made

from compared
where
    fingerprint is distinct from held_fingerprint
    and (is_due or kind is distinct from 'validation')
