{{ config(
    materialized='incremental',
    meta={'worklist': 'int_submissions_due', 'redoes': 'true'},
) }}
{#
Grain: round_number, model_id. What became of each model's submission. A registered or staked model without
any upload to a closed round is missing, from the first round that closes after it was registered; unless its score
was taken elsewhere: then it was accepted there. Before the close it may still send one, and has no row; nor has it in
a round of validation, where nobody has to send one.
#}
with

submissions_due as (

    select * from {{ ref('int_submissions_due') }}

),

uploads as (

    select * from {{ ref('int_submissions') }}

),

submissions_elsewhere as (

    select * from {{ ref('int_submissions_elsewhere') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

models as (

    select * from {{ ref('int_models_known') }}

),

stakes as (

    select * from {{ ref('int_stakes') }}

),

submissions as (

    select
        round_number,
        model_id,
        if(submissions_elsewhere.model_key is null, uploads.status, 'accepted') as status,
        uploads.reasons,
        uploads.submitted_at,
        uploads.stocks_matched,
        uploads.stocks_unknown,
        uploads.stocks_filled

    from uploads
    full join submissions_elsewhere using (round_number, model_id)
    semi join submissions_due using (round_number)

),

expected as (

    select
        rounds.round_number,
        models.model_id

    from rounds
    inner join submissions_due on rounds.round_number = submissions_due.round_number
    inner join models on rounds.close_at >= coalesce(models.created_at, rounds.close_at)
    where submissions_due.is_known and rounds.kind is distinct from 'validation'

    union

    select
        stakes.round_number,
        stakes.model_id

    from stakes
    inner join rounds on stakes.round_number = rounds.round_number
    where stakes.stake_nmr > 0 and rounds.kind is distinct from 'validation'

),

missing as (

    select expected.*
    from expected
    inner join submissions_due on expected.round_number = submissions_due.round_number
    anti join submissions
        on
            expected.round_number = submissions.round_number
            and expected.model_id = submissions.model_id
    where submissions_due.is_closed

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
