{{ config(materialized='view') }}
{#
Grain: payout_rule, round_number, model_id, score, score_version. What is in the sum that a stake is paid by, under each payout
rule, did it pay the round: a score, and its multiplier, the model's own where one is landed. A score whose multiplier
is 0 is not in the sum. Readers join the rule that they mean: a view costs them nothing for the others.
#}
with

terms as (

    select * from {{ ref('int_round_terms') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

multipliers as (

    select * from {{ ref('int_stake_multipliers') }}

),

chosen as (

    select
        terms.payout_rule,
        terms.round_number,
        multipliers.model_id,
        terms.score,
        terms.score_version,
        arg_min(
            multipliers.multiplier, list_position(terms.multiplier_names, multipliers.score)
        ) as multiplier

    from terms
    inner join multipliers
        on
            terms.round_number = multipliers.round_number
            and list_contains(terms.multiplier_names, multipliers.score)
    group by all

)

select
    terms.payout_rule,
    terms.round_number,
    stakes.model_id,
    terms.score,
    terms.score_version,
    coalesce(chosen.multiplier, terms.multiplier) as multiplier

from terms
inner join stakes on terms.round_number = stakes.round_number
left join chosen
    on
        terms.payout_rule = chosen.payout_rule
        and terms.round_number = chosen.round_number
        and terms.score = chosen.score
        and terms.score_version = chosen.score_version
        and stakes.model_id = chosen.model_id
where coalesce(chosen.multiplier, terms.multiplier) != 0
