{{ config(materialized='incremental', meta={'redoes': 'is_changed'}) }}
{#
Grain: round_number, table_name. How many landed rows each round was built from, targets apart; a later landing is
held against it.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

)

select
    manifest.round_number,
    manifest.table_name,
    cast(sum(manifest.row_count) as bigint) as row_count

from manifest
inner join rounds_due on manifest.round_number = rounds_due.round_number
where
    manifest.table_name != 'targets'
    and manifest.problem is null
    and rounds_due.is_changed
    and rounds_due.fingerprint is not null
group by all
