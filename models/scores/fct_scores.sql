{{ config(materialized='incremental', meta={
    'worklist': 'int_target_days_due',
    'keys': ['round_number', 'target', 'score_day'],
    'redoes': 'is_due',
}) }}
{#
Grain: round_number, model_id, score, score_version, target, score_day. Current value of every score: that of the
newest delivery of its target, or of itself.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

touched_days as (

    select distinct
        round_number,
        target,
        score_day

    from target_days_due
    where is_due

),

touched_revisions as (

    select revisions.*
    from revisions
    inner join touched_days
        on
            revisions.round_number = touched_days.round_number
            and revisions.target = touched_days.target
            and revisions.score_day = touched_days.score_day

)

select
    round_number,
    model_id,
    score,
    score_version,
    target,
    score_day,
    value,
    attained_by,
    null_reason,
    percentile,
    staked_percentile,
    is_final,
    is_canon,
    metric,
    known_at,
    scored_at

from touched_revisions
qualify
    known_at = max(known_at) over (
        partition by round_number, model_id, score, score_version, target, score_day
    )
