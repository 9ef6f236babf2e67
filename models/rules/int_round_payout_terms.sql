{{ config(materialized='view') }}
{#
Grain: round_number, score, score_version. What the payout rule of each live round pays on, as the rule names it: a score
and its version, or an official series.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

payout_rules as (

    select * from {{ ref('payout_rules') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

)

select
    rounds.round_number,
    payout_terms.score,
    payout_terms.score_version

from rounds
inner join payout_rules
    on
        rounds.rule_set = payout_rules.tournament
        and {{ applies_to_round('payout_rules', 'rounds') }}
inner join payout_terms on payout_rules.payout_rule = payout_terms.payout_rule
where rounds.kind = 'live'
