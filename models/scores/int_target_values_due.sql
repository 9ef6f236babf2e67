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

due as (

    select
        target_days_due.round_number,
        target_days_due.target,
        target_days_due.score_day,
        target_days_due.known_at,
        md5(
            concat_ws(', ', target_days_due.fingerprint, rounds_landed.columns_fingerprint)
        ) as fingerprint

    from target_days_due
    left join rounds_landed on target_days_due.round_number = rounds_landed.round_number
    where
        target_days_due.is_due
        and target_days_due.has_target
        and target_days_due.fingerprint is not null

),

held as (

    select * from {{ held }}

)

select
    round_number,
    target,
    score_day,
    known_at,
    due.fingerprint,
    due.fingerprint is not null as is_made

from due
full outer join held using (round_number, target, score_day, known_at)
left join rounds_landed using (round_number)
left join target_days_due using (round_number, target, score_day, known_at)
where
    (is_made and held.fingerprint is distinct from due.fingerprint)
    or (not is_made and (target_days_due.is_due or rounds_landed.kind is distinct from 'validation'))
