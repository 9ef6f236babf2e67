{{ config(materialized='view') }}
{# Grain: round_number. The live rounds, with what the fund holds each round for and is compared with, by content. #}
with

rounds as (

    select * from {{ ref('dim_rounds') }}

),

fund_rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

fund_scores as (

    select * from {{ ref('fund_scores') }}

),

fund_sizes as (

    select * from {{ ref('fund_sizes') }}

),

model_ages as (

    select * from {{ ref('model_ages') }}

),

windows as (

    select * from {{ ref('reputation_windows') }}

),

fund_rules as (

    select hash(
        (select sum(cast(hash(fund_scores) as hugeint)) from fund_scores),
        (select sum(cast(hash(fund_sizes) as hugeint)) from fund_sizes),
        (select sum(cast(hash(model_ages) as hugeint)) from model_ages),
        (select sum(cast(hash(windows) as hugeint)) from windows)
    ) as content_hash

)

select
    rounds.round_number,
    rounds.era_date,
    rounds.close_at,
    hash(
        rounds.era_date,
        rounds.close_at,
        fund_rounds.target,
        fund_rounds.calendar_days,
        fund_rounds.cost_per_turnover,
        fund_rounds.impact_coefficient,
        fund_rounds.daily_volatility,
        fund_rounds.typical_volume_usd,
        fund_rounds.volume_power,
        fund_rounds.rounds_at_once,
        fund_rules.content_hash
    ) as fingerprint

from rounds
left join fund_rounds on rounds.round_number = fund_rounds.round_number
cross join fund_rules
where rounds.kind = 'live'
