{#
Grain: round_number, model_id, score, score_version. What each score would add to payouts that are not settled: its
value on the newest day, none where that day has none.
#}
with

terms as (

    select * from {{ ref('int_model_terms') }}

),

pending_payouts as (

    select * from {{ ref('int_pending_payouts') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

pending_terms as (

    select
        pending_payouts.round_number,
        pending_payouts.model_id,
        pending_payouts.known_at,
        terms.score,
        terms.score_version,
        terms.multiplier

    from pending_payouts
    inner join terms
        on
            pending_payouts.payout_rule = terms.payout_rule
            and pending_payouts.round_number = terms.round_number
            and pending_payouts.model_id = terms.model_id

),

running_scores as (

    select
        scores.round_number,
        scores.model_id,
        scores.score,
        scores.score_version,
        arg_max_null(scores.value, scores.score_day) as value

    from scores
    semi join pending_terms on scores.round_number = pending_terms.round_number
    group by all

)

select
    pending_terms.*,
    running_scores.value

from pending_terms
left join running_scores
    on
        pending_terms.round_number = running_scores.round_number
        and pending_terms.model_id = running_scores.model_id
        and pending_terms.score = running_scores.score
        and pending_terms.score_version = running_scores.score_version
