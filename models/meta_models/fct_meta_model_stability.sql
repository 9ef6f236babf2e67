{{ config(materialized='incremental', meta={'worklist': 'int_meta_stability_due', 'redoes': 'true'}) }}
{#
Grain: round_number, meta_model, lag_round. Churn and turnover of meta models and SWP, beside the means of their
members'.
#}
-- depends_on: {{ ref('int_meta_stability_due') }}
with

churns as (

    select * from {{ ref('int_meta_churns') }}

),

turnovers as (

    select * from {{ ref('int_meta_turnovers') }}

),

members as (

    select * from {{ ref('int_member_stability') }}

)

select
    churns.round_number,
    churns.meta_model,
    churns.lag_round,
    churns.churn,
    turnovers.turnover,
    members.mean_member_churn,
    members.mean_member_turnover,
    coalesce(members.member_count, 0) as member_count

from churns
left join turnovers
    on
        churns.round_number = turnovers.round_number
        and churns.meta_model = turnovers.meta_model
        and churns.lag_round = turnovers.lag_round
left join members
    on
        churns.round_number = members.round_number
        and churns.meta_model = members.meta_model
        and churns.lag_round = members.lag_round
