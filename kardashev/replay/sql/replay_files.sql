-- Grain: path. The landed files that signals and targets of the replayed rounds are read from, as they were when the
-- warehouse was built.
with

of_signals as (

    select manifest.*
    from int_landing_manifest as manifest
    semi join replay_rounds
        on manifest.round_number = replay_rounds.round_number
    where
        manifest.problem is null
        and manifest.table_name in ('universe', 'neutralizers', 'factors', 'submissions')

),

of_targets as (

    select manifest.*
    from int_landing_manifest as manifest
    semi join replay_target_days
        on
            manifest.round_number = replay_target_days.round_number
            and manifest.target = replay_target_days.target
            and manifest.score_day = replay_target_days.score_day
            and manifest.known_at = replay_target_days.known_at
    where manifest.problem is null and manifest.table_name = 'targets'

),

files as (

    select * from of_signals
    union all
    select * from of_targets

)

select distinct
    table_name,
    path,
    layout,
    size_bytes,
    modified_ns,
    inode,
    changed_ns

from files
