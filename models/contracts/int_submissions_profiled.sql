{#
Grain: round_number. What the contract of submissions/ is judged on: whose upload each row is. The door writes
it, so a row that does not say is no participant's fault.
#}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

submissions as (

    select * from {{ ref('stg_tournament__submissions') }}

)

select
    submissions.round_number,
    {{ count_faults('missing_ids', 'model_id is null') }},
    {{ count_faults('missing_times', 'submitted_at is null', 'model_id') }}

from submissions
inner join candidates on submissions.round_number = candidates.round_number
where candidates.is_prepared
group by all
