{{ config(materialized='incremental', meta={'redoes': 'not is_left_out'}) }}
{#
Grain: round_number. The ledger, written when everything of a round is done and no file that
was read for it has changed meanwhile. A round that is no longer landed
keeps a row without fingerprint.
#}
with

files_changed as (

    select * from {{ ref('int_files_changed') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

)

select
    round_number,
    fingerprint,
    lag_rounds,
    fingerprint is not null and not is_pruned as is_held,
    build_id

from rounds_due
where not is_left_out and not exists (select 1 from files_changed)
