{{ config(materialized='incremental', meta={'redoes': 'not is_left_out'}) }}
{#
Grain: round_number. The ledger, written when everything of a round is done and no file that
was read for it has changed meanwhile. A round that is no longer landed
keeps a row without fingerprint. A backfill does not hold the signals of rounds that are past.
#}
with

files_changed as (

    select * from {{ ref('int_files_changed') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

rounds_let_go as (

    select round_number
    from {{ ref('int_rounds_past') }}
    where is_let_go and {{ is_backfill() }}

)

select
    rounds_due.round_number,
    rounds_due.fingerprint,
    rounds_due.lag_rounds,
    rounds_due.fingerprint is not null
    and not rounds_due.is_pruned
    and not (rounds_due.is_prepared and rounds_let_go.round_number is not null) as is_held,
    rounds_due.build_id

from rounds_due
left join rounds_let_go on rounds_due.round_number = rounds_let_go.round_number
where not rounds_due.is_left_out and not exists (select 1 from files_changed)
