-- Grain: round_number, path. What the scratch copy has for `int_column_files`: the files of N and factors of the
-- replayed rounds.
select
    manifest.table_name,
    manifest.round_number,
    manifest.path,
    manifest.layout,
    manifest.value_columns

from int_landing_manifest as manifest
semi join replay_rounds
    on manifest.round_number = replay_rounds.round_number
where
    manifest.problem is null
    and manifest.table_name in ('neutralizers', 'factors')
