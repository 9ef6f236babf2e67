{#
Grain: round_number, model_key, score, score_version, target, score_day, known_at. Landed scores of the due target
days, as the score's definition has them.
#}
with

target_days_due as (

    select * from {{ ref('int_target_days_due') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

scores as (

    select * from {{ ref('stg_tournament__scores') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

),

stakes as (

    select * from {{ ref('int_stakes_at_risk') }}

)

select
    scores.round_number,
    model_keys.model_key,
    scores.model_id,
    coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr,
    scores.score,
    scores.score_version,
    round_scores.metric,
    round_scores.target,
    scores.score_day,
    scores.known_at,
    scores.value,
    cast(null as varchar) as attained_by,
    if(scores.value is null, 'no value was landed', null) as null_reason,
    target_days_due.is_final

from scores
inner join round_scores
    on
        scores.round_number = round_scores.round_number
        and scores.score = round_scores.score
        and scores.score_version = round_scores.score_version
inner join target_days_due
    on
        scores.round_number = target_days_due.round_number
        and round_scores.target = target_days_due.target
        and scores.score_day = target_days_due.score_day
        and scores.known_at = target_days_due.known_at
inner join model_keys on scores.model_id = model_keys.model_id
left join stakes
    on
        scores.round_number = stakes.round_number
        and model_keys.model_key = stakes.model_key
where
    target_days_due.is_due
    and (round_scores.keeps_daily or not target_days_due.is_superseded)
