{#
Grain: round_number, model_key, submitted_at, landed row. Every landed row of the rounds prepared now, with
the stock that its id names; null where the id is missing or unknown to the round.
#}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

submissions as (

    select * from {{ ref('stg_tournament__submissions') }}

),

identifiers as (

    select * from {{ ref('int_stock_identifiers') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

)

select
    submissions.round_number,
    model_keys.model_key,
    submissions.submitted_at,
    identifiers.stock_key,
    submissions.landed_id is not null as has_id,
    submissions.signal

from submissions
inner join rounds_due on submissions.round_number = rounds_due.round_number
inner join model_keys on submissions.model_id = model_keys.model_id
left join identifiers
    on
        submissions.round_number = identifiers.round_number
        and submissions.id_type = identifiers.id_type
        and submissions.landed_id = identifiers.landed_id
where rounds_due.is_prepared
