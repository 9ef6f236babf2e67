{#
Grain: round_number, contract, subject. What this build judged, and what stands in the results of a round or a delivery
that is no longer landed, or of a table that a round no longer has: these results are replaced. An upload's verdicts are
replaced by round, whoever sent it. What failed in an operator's table is judged by every build, so it is replaced by each.
#}
{% set results = left_by_last_build(
    'fct_contract_results',
    round_number='integer', contract='varchar', subject='varchar', success='boolean'
) %}
with

verdicts as (

    select * from {{ ref('int_contract_results') }}

),

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

target_days as (

    select * from {{ ref('int_target_day_candidates') }}

),

former_results as (

    select
        round_number,
        contract,
        subject,
        success
    from {{ results }}

),

outdated as (

    select former_results.*
    from former_results
    left join rounds_due on former_results.round_number = rounds_due.round_number
    where
        (rounds_due.round_number is not null and rounds_due.fingerprint is null)
        or (
            former_results.contract in ('submission', 'submissions') and rounds_due.is_prepared
        )
        or (
            former_results.contract not in ('submission', 'submissions', 'targets')
            and rounds_due.is_stale
        )
        or (former_results.contract != 'submission' and not former_results.success)

),

withdrawn as (

    select
        target_days.round_number,
        'targets' as contract,
        {{ delivery_name('target_days') }} as subject

    from target_days
    where target_days.fingerprint is null

)

select
    round_number,
    contract,
    subject

from verdicts

union

select
    round_number,
    contract,
    subject

from outdated

union

select
    round_number,
    contract,
    subject

from withdrawn
