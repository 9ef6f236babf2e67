{#
Grain: round_number, model_id, score, score_version. What is in the sum that each stake of the due rounds is paid by,
under the rule that pays the round.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

terms as (

    select * from {{ ref('int_model_terms') }}

),

paying as (

    select
        round_payouts.round_number,
        round_payouts.payout_rule

    from round_payouts
    inner join payouts_due on round_payouts.round_number = payouts_due.round_number
    where payouts_due.is_due

)

select
    terms.round_number,
    terms.model_id,
    terms.score,
    terms.score_version,
    terms.multiplier

from paying
inner join terms
    on
        paying.round_number = terms.round_number
        and paying.payout_rule = terms.payout_rule
