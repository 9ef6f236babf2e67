{{ config(materialized='view') }}
{#
Grain: payout_rule, round_number, model_id, score, score_version. What is in the sum that a stake is paid by, under the rule
of its round, and under those that are replayed now: a score, and its multiplier, the model's own where one is
landed. A score whose multiplier is 0 is not in the sum.
#}
with

round_terms as (

    select * from {{ ref('int_round_terms') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

rounds_simulated as (

    select * from {{ ref('int_rounds_simulated') }}

),

simulations_due as (

    select * from {{ ref('int_simulations_due') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

multipliers as (

    select * from {{ ref('int_stake_multipliers') }}

),

wanted as (

    select
        round_number,
        payout_rule

    from round_payouts

    union

    select
        rounds_simulated.round_number,
        simulations_due.payout_rule

    from rounds_simulated
    cross join simulations_due

),

terms as (

    select round_terms.*
    from round_terms
    semi join wanted
        on
            round_terms.round_number = wanted.round_number
            and round_terms.payout_rule = wanted.payout_rule

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
