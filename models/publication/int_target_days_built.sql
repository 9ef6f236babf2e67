{{ config(
    materialized='incremental',
    meta={
        'worklist': 'int_target_days_due',
        'keys': ['round_number', 'target', 'score_day', 'known_at'],
        'redoes': 'is_due',
    },
) }}
{#
Grain: round_number, target, score_day, known_at. The ledger of target days, written when their scores are
done and no file that was read for them has changed meanwhile.
#}
with

files_changed as (

    select * from {{ ref('int_files_changed') }}

),

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

)

select
    round_number,
    target,
    score_day,
    known_at,
    fingerprint,
    build_id

from target_days_due
where is_due and not exists (select 1 from files_changed)
