{#
Grain: model_id. The worklist of summaries: models that have an upload to a due era, or had one; and those of a build that
was killed before it wrote the ledger `int_diagnostics_built`. All tables named in the code are read as the last build
left them.
#}
{% set eras = left_by_last_build(
    'fct_diagnostics_by_era',
    model_id='varchar', round_number='integer'
) %}
{% set worklist = left_by_last_build(
    'int_diagnosed_models_due',
    model_id='varchar', build_id='varchar'
) %}
{% set ledger = left_by_last_build('int_diagnostics_built', build_id='varchar') %}
with

diagnostics_due as (

    select * from {{ ref('int_diagnostics_due') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

now_there as (

    select submissions.model_id
    from submissions
    inner join diagnostics_due on submissions.round_number = diagnostics_due.round_number
    where diagnostics_due.is_validation and submissions.status = 'accepted'

),

there_before as (

    select model_id
    from {{ eras }}
    where round_number in (select diagnostics_due.round_number from diagnostics_due)

),

unfinished as (

    select model_id
    from {{ worklist }}
    where build_id not in (select ledger.build_id from {{ ledger }} as ledger)

),

due as (

    select model_id from now_there
    union
    select model_id from there_before
    union
    select model_id from unfinished

)

select
    model_id,
    '{{ invocation_id }}' as build_id

from due
