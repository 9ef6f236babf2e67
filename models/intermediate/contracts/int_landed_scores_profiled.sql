{# Grain: round_number. What the contract of scores/ is judged on. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

scores as (

    select * from {{ ref('stg_tournament__scores') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

counted as (

    select
        scores.*,
        round_scores.score is not null
        and scores.score_day between 0 and round_scores.final_score_day as is_known,
        count(*) over (
            partition by
                scores.round_number,
                scores.model_id,
                scores.score,
                scores.score_version,
                scores.score_day,
                scores.known_at
        ) as times_named

    from scores
    left join round_scores
        on
            scores.round_number = round_scores.round_number
            and scores.score = round_scores.score
            and scores.score_version = round_scores.score_version

)

select
    counted.round_number,
    count(*) - count(counted.model_id) as missing_ids,
    count(*) - count(counted.known_at) as missing_times,
    count(*) filter (where counted.times_named > 1) as repeated_models,
    count(*) filter (where not coalesce(counted.is_known, false)) as unknown_scores,
    count(*) filter (where not isfinite(counted.value)) as unusable_values

from counted
inner join candidates on counted.round_number = candidates.round_number
where candidates.is_stale or candidates.is_prepared
group by all
