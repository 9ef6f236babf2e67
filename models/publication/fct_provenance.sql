{{ config(
    materialized='incremental',
    meta={'worklist': 'int_provenance_due', 'redoes': 'is_redone'},
) }}
{#
Grain: round_number. What each round was made from, and by what: the last build that redid anything of it.
fct_provenance_files and fct_provenance_rules have its files and rule rows.
#}
with

provenance_due as (

    select * from {{ ref('int_provenance_due') }}

),

rounds as (

    select * from {{ ref('int_rounds_landed') }}

),

payout_rules as (

    select * from {{ ref('int_round_payout_rules') }}

),

build_version as (

    select * from {{ ref('int_build_version') }}

)

select
    rounds.round_number,
    rounds.fingerprint,
    payout_rules.rules_fingerprint as payout_fingerprint,
    {{ var('formula_version') }} as formula_version,
    build_version.package_version,
    build_version.git_commit,
    build_version.has_local_changes,
    build_version.duckdb_version,
    {{ build_started_at() }} as recorded_at

from provenance_due
inner join rounds on provenance_due.round_number = rounds.round_number
left join payout_rules on provenance_due.round_number = payout_rules.round_number
cross join build_version
where provenance_due.is_redone
