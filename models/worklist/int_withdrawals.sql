{#
Grain: table_name. How much of what the warehouse was built from is no longer landed: rows by round, and of targets
the days of a round that were known. A file that cannot be used is landed all the same: the rounds it held wait for it. The tables of the last build are read as it left them, under a full refresh too.
#}
{% set contents = left_by_last_build(
    'int_round_contents', under_full_refresh=true,
    table_name='varchar', round_number='integer', row_count='bigint'
) %}
{% set target_days = left_by_last_build(
    'int_target_days_built', under_full_refresh=true,
    round_number='integer', target='varchar', score_day='integer', known_at='timestamp',
    fingerprint='varchar'
) %}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

withdrawal_rules as (

    select * from {{ ref('withdrawal_rules') }}

),

landed as (

    select
        table_name,
        round_number,
        sum(row_count) as row_count

    from manifest
    group by all

),

landed_days as (

    -- A day may be due by scores that were taken elsewhere.
    select distinct
        round_number,
        score_day,
        known_at

    from manifest
    where table_name in ('targets', 'scores')

),

rounds_waiting as (

    select distinct round_number
    from manifest
    where table_name in ('targets', 'scores') and problem is not null

),

built as (

    select
        table_name,
        round_number,
        row_count
    from {{ contents }}

),

built_days as (

    select distinct
        round_number,
        score_day,
        known_at
    from {{ target_days }}
    where fingerprint is not null and target != 'none'

),

compared as (

    select
        table_name,
        sum(built.row_count) as built_count,
        sum(greatest(built.row_count - coalesce(landed.row_count, 0), 0)) as withdrawn_count

    from built
    left join landed using (table_name, round_number)
    group by all

    union all

    select
        'targets' as table_name,
        count(built_days.round_number) as built_count,
        count(built_days.round_number) filter (
            where landed_days.round_number is null and rounds_waiting.round_number is null
        ) as withdrawn_count

    from built_days
    left join landed_days using (round_number, score_day, known_at)
    left join rounds_waiting on built_days.round_number = rounds_waiting.round_number

),

landed_at_all as (

    select
        table_name,
        sum(row_count) as row_count

    from landed
    group by all

)

select
    table_name,
    coalesce(landed_at_all.row_count, 0) as landed_count,
    coalesce(compared.built_count, 0) as built_count,
    coalesce(compared.withdrawn_count, 0) as withdrawn_count,
    coalesce(compared.withdrawn_count / nullif(compared.built_count, 0), 0) as withdrawn_share,
    withdrawal_rules.largest_share

from withdrawal_rules
left join compared using (table_name)
left join landed_at_all using (table_name)
