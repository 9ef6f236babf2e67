{# Grain: path. Landed files that cannot be used, why, and which rounds wait for them. #}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

withheld as (

    select * from {{ ref('int_rounds_withheld') }}

),

rounds_waiting as (

    select
        path,
        string_agg(round_number, ', ' order by round_number) as rounds_waiting

    from withheld
    group by path

)

select distinct
    manifest.table_name,
    manifest.path,
    manifest.problem,
    rounds_waiting.rounds_waiting

from manifest
left join rounds_waiting on manifest.path = rounds_waiting.path
where manifest.problem is not null
