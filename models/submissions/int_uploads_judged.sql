{#
Grain: round_number, model_key, submitted_at. The verdict on each upload: every reason against it, none if it is
valid, and whether it came in time. To a round of validation it always does. A notice is no reason.
#}
with

profiled as (

    select * from {{ ref('int_uploads_profiled') }}

),

verdicts as (

    select * from {{ ref('int_upload_verdicts') }}

),

expectations as (

    select * from {{ ref('int_round_expectations') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

failures as (

    select
        verdicts.round_number,
        verdicts.model_key,
        verdicts.submitted_at,
        string_agg(
            concat(
                verdicts.expectation, ': ', verdicts.metric, ' is ',
                coalesce(printf('%.6g', verdicts.observed), 'unknown'),
                ', expected ', verdicts.expected
            ),
            '; '
            order by verdicts.expectation
        ) as reasons

    from verdicts
    inner join expectations
        on
            verdicts.round_number = expectations.round_number
            and verdicts.contract = expectations.contract
            and verdicts.expectation = expectations.expectation
    where expectations.scope = 'submission' and not verdicts.success
    group by all

)

select
    profiled.round_number,
    profiled.model_key,
    profiled.submitted_at,
    profiled.known_stocks,
    profiled.unknown_ids,
    failures.reasons,
    profiled.submitted_at > rounds.close_at
    and (rounds.kind is distinct from 'validation') as is_late

from profiled
inner join rounds on profiled.round_number = rounds.round_number
left join failures
    on
        profiled.round_number = failures.round_number
        and profiled.model_key = failures.model_key
        and profiled.submitted_at = failures.submitted_at
