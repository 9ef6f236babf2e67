{#
Grain: round_number, is_unfinished. What each round's results were last made from: the ledger; and the worklist of a
build that was killed before it wrote the ledger. Both tables are read as they were left.
#}
{% set ledger = left_by_last_build(
    'int_results_built',
    round_number='integer', era_date='date', close_at='timestamp', fingerprint='ubigint',
    build_id='varchar'
) %}
{% set worklist = left_by_last_build(
    'int_results_due',
    round_number='integer', era_date='date', close_at='timestamp', fingerprint='ubigint',
    build_id='varchar', is_due='boolean'
) %}
with

ledger as (

    select
        round_number,
        era_date,
        close_at,
        fingerprint,
        build_id
    from {{ ledger }}

),

worklist as (

    select
        round_number,
        era_date,
        close_at,
        fingerprint,
        build_id
    from {{ worklist }}
    where is_due

)

select
    * exclude (build_id),
    false as is_unfinished

from ledger

union all by name

select
    * exclude (build_id),
    true as is_unfinished

from worklist
where build_id not in (select ledger.build_id from ledger)
