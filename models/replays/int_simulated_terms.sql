{#
Grain: payout_rule, round_number, model_id, score, score_version. What is in the sum that each stake is paid by under a
replayed rule: a score, its multiplier, and its final value as the landed stakes made it.
#}
with

simulations_due as (

    select * from {{ ref('int_simulations_due') }}

),

simulated_stakes as (

    select * from {{ ref('int_simulated_stakes') }}

),

terms as (

    select * from {{ ref('int_model_terms') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

)

select
    terms.payout_rule,
    terms.round_number,
    terms.model_id,
    terms.score,
    terms.score_version,
    terms.multiplier,
    scores.value

from terms
semi join simulations_due on terms.payout_rule = simulations_due.payout_rule
semi join simulated_stakes on terms.round_number = simulated_stakes.round_number
left join scores
    on
        terms.round_number = scores.round_number
        and terms.model_id = scores.model_id
        and terms.score = scores.score
        and terms.score_version = scores.score_version
        and scores.is_final
