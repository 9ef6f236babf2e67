{# Grain: path. The files that this build reads rows of, as the manifest found them. #}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

files_due as (

    select * from {{ ref('int_files_due') }}

)

select distinct
    manifest.path,
    manifest.size_bytes,
    manifest.modified_ns,
    manifest.inode,
    manifest.changed_ns

from manifest
left join files_due on manifest.path = files_due.path
where
    manifest.problem is null
    and (manifest.table_name in ('rounds', 'models', 'prices') or files_due.path is not null)
