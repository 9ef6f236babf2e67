{#
Grain: round_number, model_key, submitted_at. The verdict on each upload: every reason against it, none if it is
valid, and whether it came in time.
#}
with

profiled as (

    select * from {{ ref('int_uploads_profiled') }}

),

verdicts as (

    select * from {{ ref('int_upload_verdicts') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

failures as (

    select
        round_number,
        model_key,
        submitted_at,
        string_agg(
            concat(
                expectation, ': ', metric, ' is ',
                coalesce(printf('%.6g', observed), 'unknown'),
                ', expected ', expected
            ),
            '; '
            order by expectation
        ) as reasons

    from verdicts
    where not success
    group by all

)

select
    profiled.round_number,
    profiled.model_key,
    profiled.submitted_at,
    profiled.known_stocks,
    profiled.unknown_ids,
    failures.reasons,
    profiled.submitted_at > rounds.close_at as is_late

from profiled
inner join rounds on profiled.round_number = rounds.round_number
left join failures
    on
        profiled.round_number = failures.round_number
        and profiled.model_key = failures.model_key
        and profiled.submitted_at = failures.submitted_at
