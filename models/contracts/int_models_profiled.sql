{#
Grain: round_number (0: models/ has no rounds), subject. What the contract of models/ is judged on: when a round is due, and
as long as there is something to say.
#}
{% set results = left_by_last_build(
    'fct_contract_results', round_number='integer', contract='varchar', success='boolean'
) %}
with

models as (

    select * from {{ ref('stg_tournament__models') }}

),

models_unregistered as (

    select * from {{ ref('int_models_unregistered') }}

),

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

said_before as (

    select round_number
    from {{ results }}
    where contract = 'models' and not success

),

counted as (

    select
        *,
        count(distinct hash(
            account_id, display_name, is_benchmark, is_example, created_at
        )) over (partition by model_id) as registrations

    from models

),

landed as (

    select
        {{ count_faults('missing_ids', 'model_id is null', 'display_name') }},
        {{
            count_faults(
                'differing_models', 'model_id is not null and registrations > 1', 'model_id'
            )
        }}

    from counted

),

unregistered as (

    select
        count(*) as unregistered_models,
        min(model_id) as unregistered_models_example

    from models_unregistered

)

select
    0 as round_number,
    'models' as subject,
    landed.*,
    unregistered.*

from landed
cross join unregistered
where
    landed.missing_ids + landed.differing_models + unregistered.unregistered_models > 0
    or exists (
        select candidates.round_number
        from candidates
        where candidates.is_stale or candidates.is_prepared
    )
    or exists (select said_before.round_number from said_before)
