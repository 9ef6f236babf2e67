-- Grain: one row. What is published, and what made the newest of it.
select
    count(*) as rounds,
    max(recorded_at) as newest_round_built_at,
    arg_max(formula_version, recorded_at) as formula_version,
    arg_max(package_version, recorded_at) as package_version,
    arg_max(git_commit, recorded_at) as git_commit,
    (select count(*) from dim_models) as models

from fct_provenance
