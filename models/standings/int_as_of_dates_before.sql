{#
Grain: as_of_date. What the last build left of each day's standings: the ledger, and what a build that was killed before it
wrote the ledger had on its worklist. Both tables are read as they were left.
is_held:       the day's sums are held for sure; is_maybe_held: or it was killed over them.
is_unfinished: its standings were being made.
#}
{% set ledger = left_by_last_build(
    'int_as_of_dates_built',
    as_of_date='date', fingerprint='ubigint', is_held='boolean', build_id='varchar'
) %}
{% set worklist = left_by_last_build(
    'int_as_of_dates_due',
    as_of_date='date', is_due='boolean', is_summed='boolean', is_pruned='boolean',
    build_id='varchar'
) %}
with

ledger as (

    select
        as_of_date,
        fingerprint,
        is_held,
        build_id
    from {{ ledger }}

),

worklist as (

    select
        as_of_date,
        is_due,
        is_summed,
        is_pruned,
        build_id
    from {{ worklist }}

),

unfinished as (

    select worklist.*
    from worklist
    anti join ledger on worklist.build_id = ledger.build_id

)

select
    as_of_date,
    ledger.fingerprint,
    coalesce(unfinished.is_due, false) as is_unfinished,
    coalesce(ledger.is_held and unfinished.as_of_date is null, false) as is_held,
    coalesce(ledger.is_held, false) or coalesce(unfinished.is_summed, false) as is_maybe_held

from ledger
full join unfinished using (as_of_date)
