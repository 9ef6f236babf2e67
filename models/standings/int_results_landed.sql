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

fund_rules as (

    select sum(cast(hash(fund_scores) as hugeint)) as content_hash
    from fund_scores

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
        fund_rounds.rounds_at_once,
        fund_rules.content_hash
    ) as fingerprint

from rounds
left join fund_rounds on rounds.round_number = fund_rounds.round_number
cross join fund_rules
where rounds.kind = 'live'
