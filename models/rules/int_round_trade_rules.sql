{{ config(materialized='view') }}
{# Grain: round_number. Of which models it is found what they change in the fund's trades, and what counts as a change. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

altered_trade_rules as (

    select * from {{ ref('altered_trade_rules') }}

)

select
    rounds.round_number,
    altered_trade_rules.largest_stakes,
    altered_trade_rules.smallest_trade,
    altered_trade_rules.same_within

from rounds
inner join altered_trade_rules
    on
        rounds.rule_set = altered_trade_rules.tournament
        and {{ applies_to_round('altered_trade_rules', 'rounds') }}
