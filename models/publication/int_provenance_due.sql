{#
Grain: round_number. The worklist of provenance.
is_redone: something of the round was redone by this build: the round itself, a target day, its payout rules.
Without it, files of the round moved, and their rows are what they were. A refused round keeps the provenance of its
last good rows.
#}
{% set provenance = left_by_last_build(
    'fct_provenance',
    round_number='integer', payout_fingerprint='varchar'
) %}
{% set files = left_by_last_build('fct_provenance_files', round_number='integer', path='varchar') %}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

payout_rules as (

    select * from {{ ref('int_round_payout_rules') }}

),

refused as (

    select * from {{ ref('int_rounds_refused') }}

),

manifest as (

    select * from {{ ref('int_landing_manifest') }}

),

files_touched as (

    select * from {{ ref('int_files_touched') }}

),

former_provenance as (

    select
        round_number,
        payout_fingerprint
    from {{ provenance }}

),

former_files as (

    select
        round_number,
        path
    from {{ files }}

),

redone as (

    select round_number
    from rounds_due
    where is_stale

    union

    select round_number
    from target_days_due
    where is_due

    union

    select payout_rules.round_number
    from payout_rules
    left join former_provenance on payout_rules.round_number = former_provenance.round_number
    where payout_rules.rules_fingerprint is distinct from former_provenance.payout_fingerprint

),

moved as (

    select manifest.round_number
    from manifest
    inner join files_touched on manifest.path = files_touched.path
    where manifest.problem is null and manifest.round_number is not null

    union

    select former_files.round_number
    from former_files
    inner join files_touched on former_files.path = files_touched.path
    where not files_touched.is_landed

),

flagged as (

    select
        round_number,
        redone.round_number is not null as is_redone

    from redone
    full join moved using (round_number)

)

select flagged.*
from flagged
left join rounds_due on flagged.round_number = rounds_due.round_number
anti join refused on flagged.round_number = refused.round_number
where not coalesce(rounds_due.is_left_out, false)
