{{ config(
    materialized='incremental',
    meta={'worklist': 'int_provenance_due', 'redoes': 'true'},
) }}
{#
Grain: round_number, path. The landed files that hold rows of each round, by the content of these rows. Whatever the
files' format and order of rows, the same content has the same hash; over files, hashes add up.
#}
with

provenance_due as (

    select * from {{ ref('int_provenance_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_landed') }}

),

manifest as (

    select * from {{ ref('int_landing_manifest') }}

)

select
    manifest.round_number,
    manifest.path,
    manifest.table_name,
    cast(sum(manifest.row_count) as bigint) as row_count,
    cast(sum(cast(manifest.content_hash as hugeint)) as varchar) as content_hash

from manifest
inner join provenance_due on manifest.round_number = provenance_due.round_number
inner join rounds on manifest.round_number = rounds.round_number
where manifest.problem is null
group by all
