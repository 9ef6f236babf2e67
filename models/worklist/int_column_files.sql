{#
Grain: round_number, path. The landed files of N and factors that this build reads: of the rounds where these are
profiled or packed anew.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

rounds_due as (

    select * from {{ ref('int_round_candidates') }}

),

columns_due as (

    select * from {{ ref('int_columns_due') }}

),

loadings as (

    select * from {{ ref('int_loadings_known') }}

),

wanted_rounds as (

    select round_number from columns_due
    union
    select rounds_due.round_number
    from rounds_due
    inner join loadings on rounds_due.round_number = loadings.round_number
    where rounds_due.is_prepared and not loadings.is_level

)

select
    manifest.table_name,
    manifest.round_number,
    manifest.path,
    manifest.layout,
    manifest.value_columns

from manifest
inner join wanted_rounds on manifest.round_number = wanted_rounds.round_number
where
    manifest.table_name in ('neutralizers', 'factors')
    and manifest.problem is null
