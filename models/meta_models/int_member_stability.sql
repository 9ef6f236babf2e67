{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{#
Grain: round_number, meta_model, lag_round. Mean churn and turnover of a meta model's members that have any figure, each of
those that have it; the members of SWP are all models with stake at risk.
#}
with

stability as (

    select * from {{ ref('int_stability') }}

),

weights as (

    select * from {{ ref('int_meta_model_weights') }}

),

shares as (

    select * from {{ ref('int_stake_shares') }}

),

members as (

    select
        round_number,
        meta_model,
        model_key

    from weights

    union all

    select
        round_number,
        'SWP' as meta_model,
        model_key

    from shares
    where at_risk_nmr > 0

)

select
    stability.round_number,
    members.meta_model,
    stability.lag_round,
    count(*) as member_count,
    avg(stability.churn) as mean_member_churn,
    avg(stability.turnover) as mean_member_turnover

from stability
inner join members
    on
        stability.round_number = members.round_number
        and stability.model_key = members.model_key
where coalesce(stability.churn, stability.turnover, stability.neutral_churn) is not null
group by all
