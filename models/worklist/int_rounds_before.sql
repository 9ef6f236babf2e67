{#
Grain: round_number. What the last build left of each round: its ledger row, and whether the build that last
had it on its worklist ever reached the ledger: one killed, or one that left the round out, did not. Both tables are read as that build left them: no ref, so no
cycle. A full refresh starts from nothing.
#}
{% set ledger = left_by_last_build(
    'int_rounds_built',
    round_number='integer', fingerprint='varchar', lag_rounds='integer[]', is_held='boolean',
    build_id='varchar'
) %}
{% set worklist = left_by_last_build(
    'int_rounds_due',
    round_number='integer', build_id='varchar',
    is_changed='boolean', was_changed='boolean', is_stale='boolean', was_stale='boolean'
) %}
with

ledger as (

    select
        round_number,
        fingerprint,
        lag_rounds,
        is_held,
        build_id
    from {{ ledger }}

),

worklist as (

    select
        round_number,
        build_id,
        is_changed or was_changed as was_changed,
        is_stale or was_stale as was_stale
    from {{ worklist }}

),

joined as (

    select
        round_number,
        ledger.fingerprint,
        ledger.lag_rounds,
        coalesce(ledger.is_held, false) as was_held,
        coalesce(worklist.was_changed, false) as was_changed,
        coalesce(worklist.was_stale, false) as was_stale,
        worklist.build_id is not null
        and (worklist.build_id is distinct from ledger.build_id) as is_unfinished

    from ledger
    full join worklist using (round_number)

)

select
    round_number,
    fingerprint,
    lag_rounds,
    was_held and not is_unfinished as is_held,
    was_held or is_unfinished as is_maybe_held,
    was_changed and is_unfinished as is_half_changed,
    was_stale and is_unfinished as is_half_stale

from joined
