{#
Grain: table_name, path. The landed files that hold something this build reads.
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

column_files as (

    select
        table_name,
        path,
        layout

    from {{ ref('int_column_files') }}

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
