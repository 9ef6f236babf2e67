{# Grain: round_number, subject (a folder). What is landed for rounds that rounds/ does not hold: it waits for them. #}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

)

select
    manifest.round_number,
    manifest.table_name as subject,
    sum(manifest.row_count) as rows_without_round,
    min(manifest.path) as rows_without_round_example

from manifest
anti join rounds on manifest.round_number = rounds.round_number
where manifest.round_number is not null and manifest.problem is null
group by all
