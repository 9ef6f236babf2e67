{#
Grain: round_number, path. The rounds that wait for a file that cannot be used: those that it names, or held when it
could last be used. Where none is known, and a round cannot do without the table, the rounds that are due and have no
row of that table. A participant's file keeps no round waiting; one that holds the uploads of many does.
#}
with

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

unusable as (

    select distinct
        table_name,
        path,
        round_number

    from manifest
    where
        problem is not null
        and (table_name != 'submissions' or path like 'submissions/%.together/%')

),

of_no_known_round as (

    select
        table_name,
        path

    from unusable
    where table_name in ('universe', 'neutralizers', 'factors', 'stakes')
    group by all
    having count(round_number) = 0

),

incomplete as (

    select
        candidates.round_number,
        of_no_known_round.path

    from candidates
    cross join of_no_known_round
    left join manifest
        on
            candidates.round_number = manifest.round_number
            and of_no_known_round.table_name = manifest.table_name
    where
        candidates.fingerprint is not null
        and (candidates.is_stale or candidates.is_prepared)
        and manifest.path is null

)

select
    round_number,
    path

from unusable
where round_number is not null

union all

select
    round_number,
    path

from incomplete
