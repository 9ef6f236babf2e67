{{ config(
    materialized='incremental',
    meta={'worklist': 'int_diagnostics_due', 'redoes': 'true'},
) }}
{#
Grain: round_number, model_id, metric, score, score_version, target, compared_with. What each era says of each upload to
rounds of validation.
#}
with

diagnostics_due as (

    select * from {{ ref('int_diagnostics_due') }}

),

figures as (

    select * from {{ ref('int_diagnostic_figures') }}

),

estimated_payouts as (

    select * from {{ ref('int_estimated_payouts') }}

),

all_figures as (

    select * from figures

    union all by name

    select
        *,
        'estimated_payout' as metric,
        '' as score,
        '' as score_version,
        '' as target,
        '' as compared_with

    from estimated_payouts

)

select
    all_figures.round_number,
    diagnostics_due.era_date,
    all_figures.model_id,
    all_figures.metric,
    all_figures.score,
    all_figures.score_version,
    all_figures.target,
    all_figures.compared_with,
    all_figures.factor_set,
    all_figures.value,
    all_figures.attained_by,
    all_figures.null_reason

from all_figures
inner join diagnostics_due on all_figures.round_number = diagnostics_due.round_number
