{{ config(materialized='view') }}
{# Grain: round_number, constraint_name. The limits of each round's portfolio. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

portfolio_limits as (

    select * from {{ ref('portfolio_limits') }}

)

select
    rounds.round_number,
    portfolio_limits.constraint_name,
    portfolio_limits.limit_value

from rounds
inner join portfolio_limits
    on
        rounds.rule_set = portfolio_limits.tournament
        and {{ applies_to_round('portfolio_limits', 'rounds') }}
