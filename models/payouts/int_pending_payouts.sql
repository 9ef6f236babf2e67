{#
Grain: round_number, model_id. The payouts that are not settled: those that still wait for a score, known since the newest
score of their sum, or the close; and those that no rule pays.
#}
with

stakes as (

    select * from {{ ref('fct_stakes') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

settlements as (

    select * from {{ ref('int_settlements') }}

),

terms as (

    select * from {{ ref('int_model_terms') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

pending as (

    select
        stakes.round_number,
        stakes.model_id,
        round_payouts.payout_rule,
        round_payouts.close_at

    from stakes
    inner join round_payouts on stakes.round_number = round_payouts.round_number
    anti join settlements
        on
            stakes.round_number = settlements.round_number
            and stakes.model_id = settlements.model_id

),

running_scores as (

    select
        scores.round_number,
        scores.score,
        scores.score_version,
        max(scores.known_at) as known_at

    from scores
    semi join pending on scores.round_number = pending.round_number
    group by all

)

select
    pending.round_number,
    pending.model_id,
    pending.payout_rule,
    greatest(pending.close_at, max(running_scores.known_at)) as known_at

from pending
left join terms
    on
        pending.payout_rule = terms.payout_rule
        and pending.round_number = terms.round_number
        and pending.model_id = terms.model_id
left join running_scores
    on
        terms.round_number = running_scores.round_number
        and terms.score = running_scores.score
        and terms.score_version = running_scores.score_version
group by
    pending.round_number,
    pending.model_id,
    pending.payout_rule,
    pending.close_at
