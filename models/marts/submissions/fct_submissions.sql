{{ config(materialized='table') }}
{#
Grain: round_number, model_id. What became of each model's submission. A registered or staked model without
any upload to a round is missing, from the first round that closes after it was registered.
#}
with

submissions as (

    select * from {{ ref('int_submissions') }}

),

rounds as (

    select * from {{ ref('stg_tournament__rounds') }}

),

models as (

    select * from {{ ref('stg_tournament__models') }}

),

stakes as (

    select * from {{ ref('int_stakes_at_risk') }}

),

expected as (

    select
        rounds.round_number,
        models.model_id

    from rounds
    inner join models on rounds.close_at >= coalesce(models.created_at, rounds.close_at)

    union

    select
        round_number,
        model_id

    from stakes
    where stake_nmr > 0

),

missing as (

    select expected.*
    from expected
    anti join submissions
        on
            expected.round_number = submissions.round_number
            and expected.model_id = submissions.model_id

)

select
    round_number,
    model_id,
    status,
    reasons,
    submitted_at,
    stocks_matched,
    stocks_unknown,
    stocks_filled

from submissions

union all by name

select
    round_number,
    model_id,
    'missing' as status

from missing
