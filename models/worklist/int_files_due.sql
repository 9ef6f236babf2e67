{#
Grain: table_name, path. The landed files that hold something this build reads. N and factors are read only where they
are profiled or packed anew.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}
    where problem is null

),

rounds_due as (

    select * from {{ ref('int_round_candidates') }}

),

target_days_due as (

    select * from {{ ref('int_target_day_candidates') }}

),

target_strays as (

    select * from {{ ref('int_target_strays') }}

),

columns_due as (

    select * from {{ ref('int_columns_due') }}

),

loadings as (

    select * from {{ ref('int_loadings_known') }}

),

target_days as (

    select
        round_number,
        target,
        score_day,
        known_at

    from target_days_due
    union
    select * from target_strays

),

wanted_rounds as (

    select round_number
    from rounds_due
    where is_stale or is_prepared
    union
    select round_number from target_days

),

round_files as (

    select
        manifest.table_name,
        manifest.path,
        manifest.layout

    from manifest
    inner join wanted_rounds on manifest.round_number = wanted_rounds.round_number
    where manifest.table_name not in ('targets', 'submissions', 'neutralizers', 'factors')

),

rounds_of_columns as (

    select round_number from columns_due
    union
    select rounds_due.round_number
    from rounds_due
    inner join loadings on rounds_due.round_number = loadings.round_number
    where rounds_due.is_prepared and not loadings.is_level

),

column_files as (

    select
        manifest.table_name,
        manifest.path,
        manifest.layout

    from manifest
    inner join rounds_of_columns on manifest.round_number = rounds_of_columns.round_number
    where manifest.table_name in ('neutralizers', 'factors')

),

submission_files as (

    select
        manifest.table_name,
        manifest.path,
        manifest.layout

    from manifest
    inner join rounds_due on manifest.round_number = rounds_due.round_number
    where manifest.table_name = 'submissions' and rounds_due.is_prepared

),

target_files as (

    select
        manifest.table_name,
        manifest.path,
        manifest.layout

    from manifest
    inner join target_days
        on
            manifest.round_number = target_days.round_number
            and manifest.target is not distinct from target_days.target
            and manifest.score_day is not distinct from target_days.score_day
            and manifest.known_at is not distinct from target_days.known_at
    where manifest.table_name = 'targets'

)

select * from round_files
union
select * from column_files
union
select * from submission_files
union
select * from target_files
