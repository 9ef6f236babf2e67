{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, model_id, evidence, known_at; final values, null where a delivery has none. What signal
types are judged by: the return of a model's own neutral weights (`return`), the same less what its turnover
costs (`net_return`), its True Contribution (`tc`) and its contribution to the meta portfolio (`mpc`).
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

fund_rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

round_targets as (

    select * from {{ ref('int_round_targets') }}

),

model_returns as (

    select * from {{ ref('int_model_returns') }}

),

turnovers as (

    select * from {{ ref('int_model_turnovers') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

rounds as (

    select fund_rounds.*
    from fund_rounds
    inner join results_due on fund_rounds.round_number = results_due.round_number
    where results_due.is_due

),

returns as (

    select
        model_returns.round_number,
        model_returns.model_id,
        model_returns.known_at,
        model_returns.target,
        unnest(['return', 'net_return']) as evidence,
        unnest([
            model_returns.neutral_return,
            model_returns.neutral_return
            - coalesce(turnovers.turnover, 1) * rounds.cost_per_turnover
        ]) as value

    from model_returns
    inner join rounds on model_returns.round_number = rounds.round_number
    left join turnovers
        on
            model_returns.round_number = turnovers.round_number
            and model_returns.model_id = turnovers.model_id

),

contributions as (

    select
        revisions.round_number,
        revisions.model_id,
        revisions.known_at,
        revisions.target,
        revisions.metric as evidence,
        revisions.value

    from revisions
    inner join rounds on revisions.round_number = rounds.round_number
    where revisions.is_final and revisions.metric in ('tc', 'mpc')

),

values_known as (

    select * from returns
    union all by name
    select * from contributions

)

select
    values_known.round_number,
    rounds.era_date,
    {{ calendar_days('round_targets.final_score_day') }} as calendar_days,
    values_known.model_id,
    values_known.evidence,
    values_known.known_at,
    values_known.value

from values_known
inner join rounds on values_known.round_number = rounds.round_number
inner join round_targets
    on
        values_known.round_number = round_targets.round_number
        and values_known.target = round_targets.target
