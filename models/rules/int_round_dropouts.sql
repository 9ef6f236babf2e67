{{ config(materialized='view') }}
{# Grain: round_number. How many draws of stakes the round's gradients are averaged over, and how they drop out. #}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

dropout_rules as (

    select * from {{ ref('dropout_rules') }}

)

select
    rounds.round_number,
    dropout_rules.draws,
    dropout_rules.dropout,
    dropout_rules.few_staked,
    dropout_rules.draws_of_few

from rounds
inner join dropout_rules
    on
        rounds.rule_set = dropout_rules.tournament
        and {{ applies_to_round('dropout_rules', 'rounds') }}
