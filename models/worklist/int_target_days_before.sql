{#
Grain: round_number, target, score_day, known_at. What the last build left of each target day, as
`int_rounds_before` has it for rounds.
#}
{% set ledger = left_by_last_build(
    'int_target_days_built',
    round_number='integer', target='varchar', score_day='integer', known_at='timestamp',
    fingerprint='varchar', build_id='varchar'
) %}
{% set worklist = left_by_last_build(
    'int_target_days_due',
    round_number='integer', target='varchar', score_day='integer', known_at='timestamp',
    build_id='varchar'
) %}
with

ledger as (

    select
        round_number,
        target,
        score_day,
        known_at,
        fingerprint,
        build_id
    from {{ ledger }}

),

worklist as (

    select
        round_number,
        target,
        score_day,
        known_at,
        build_id
    from {{ worklist }}

)

select
    round_number,
    target,
    score_day,
    known_at,
    ledger.fingerprint,
    worklist.build_id is not null
    and (worklist.build_id is distinct from ledger.build_id) as is_unfinished

from ledger
full join worklist using (round_number, target, score_day, known_at)
