{#
Grain: payout_rule, round_number, model_id, score, score_version. The scores that each stake is paid by under
a replayed rule: the multiplier, the model's own where one is landed, and the final value, as the landed stakes
made it.
#}
with

simulations_due as (

    select * from {{ ref('int_simulations_due') }}

),

simulated_stakes as (

    select * from {{ ref('int_simulated_stakes') }}

),

payout_terms as (

    select * from {{ ref('payout_terms') }}

),

multipliers as (

    select * from {{ ref('int_stake_multipliers') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

terms as (

    select distinct
        payout_terms.payout_rule,
        payout_terms.score,
        payout_terms.score_version,
        payout_terms.multiplier

    from payout_terms
    inner join simulations_due on payout_terms.payout_rule = simulations_due.payout_rule

)

select
    terms.payout_rule,
    simulated_stakes.round_number,
    simulated_stakes.model_id,
    terms.score,
    terms.score_version,
    coalesce(multipliers.multiplier, terms.multiplier) as multiplier,
    scores.value

from terms
cross join simulated_stakes
left join multipliers
    on
        simulated_stakes.round_number = multipliers.round_number
        and simulated_stakes.model_id = multipliers.model_id
        and terms.score = multipliers.score
left join scores
    on
        simulated_stakes.round_number = scores.round_number
        and simulated_stakes.model_id = scores.model_id
        and terms.score = scores.score
        and terms.score_version = scores.score_version
        and scores.is_final
