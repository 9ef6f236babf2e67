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

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

due as (

    select
        scores.*,
        coalesce(scores.score_day between 0 and round_scores.final_score_day, false) as is_known,
        concat_ws(' ', scores.model_id, scores.score, scores.score_version) as row_name,
        date_diff('day', rounds.close_at, scores.known_at) as days_after_close,
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
    inner join candidates on scores.round_number = candidates.round_number
    left join rounds on scores.round_number = rounds.round_number
    left join round_scores
        on
            scores.round_number = round_scores.round_number
            and scores.score = round_scores.score
            and scores.score_version = round_scores.score_version
    where candidates.is_stale or candidates.is_prepared

)

select
    round_number,
    {{ count_faults('missing_ids', 'model_id is null', 'row_name') }},
    {{ count_faults('missing_times', 'known_at is null', 'row_name') }},
    {{ count_faults('repeated_models', 'times_named > 1', 'row_name') }},
    {{ count_faults('unknown_scores', 'not is_known', 'row_name') }},
    {{ count_faults('unusable_values', 'not isfinite(value)', 'row_name') }},
    {{ largest_size('largest_value', 'value', 'row_name') }},
    coalesce(max(days_after_close), 0) as days_known_after_close,
    arg_max(concat_ws(' in ', row_name, path), days_after_close) as days_known_after_close_example

from due
group by all
