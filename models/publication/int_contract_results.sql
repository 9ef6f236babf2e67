{#
Grain: round_number, contract, subject, expectation, model_id. Every verdict of this build, on the operator's
tables (no model: empty) and on uploads, and what a failure means.
#}
with

round_verdicts as (

    select * from {{ ref('int_round_verdicts') }}

),

upload_verdicts as (

    select * from {{ ref('int_upload_verdicts') }}

),

expectations as (

    select * from {{ ref('int_round_expectations') }}

),

model_keys as (

    select * from {{ ref('int_model_keys') }}

),

on_uploads as (

    select
        upload_verdicts.*,
        cast(upload_verdicts.submitted_at as varchar) as subject,
        model_keys.model_id

    from upload_verdicts
    inner join model_keys on upload_verdicts.model_key = model_keys.model_key

),

on_rounds as (

    select
        *,
        '' as model_id

    from round_verdicts

),

verdicts as (

    select * from on_rounds
    union all by name
    select * from on_uploads

)

select
    verdicts.round_number,
    verdicts.contract,
    verdicts.subject,
    verdicts.expectation,
    verdicts.model_id,
    expectations.scope,
    verdicts.success,
    verdicts.metric,
    verdicts.observed,
    verdicts.expected,
    verdicts.problem,
    verdicts.example,
    expectations.advice

from verdicts
inner join expectations
    on
        verdicts.round_number = expectations.round_number
        and verdicts.contract = expectations.contract
        and verdicts.expectation = expectations.expectation
