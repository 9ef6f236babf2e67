{#
Grain: round_number, model_id, score, score_version. What each score would add to the payouts of rounds that are not
settled: its newest value, and when the newest of the round became known; before any, the close.
#}
with

terms as (

    select * from {{ ref('int_model_terms') }}

),

settlements as (

    select * from {{ ref('int_round_settlements') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

scores as (

    select * from {{ ref('fct_scores') }}

),

pending_terms as (

    select
        terms.*,
        rounds.close_at

    from terms
    inner join rounds on terms.round_number = rounds.round_number
    anti join settlements on terms.round_number = settlements.round_number

),

running_scores as (

    select
        scores.round_number,
        scores.model_id,
        scores.score,
        scores.score_version,
        max(scores.known_at) as known_at,
        arg_max(scores.value, scores.score_day) as value

    from scores
    semi join pending_terms on scores.round_number = pending_terms.round_number
    group by all

)

select
    pending_terms.round_number,
    pending_terms.model_id,
    coalesce(
        max(running_scores.known_at) over (partition by pending_terms.round_number),
        pending_terms.close_at
    ) as known_at,
    pending_terms.score,
    pending_terms.score_version,
    pending_terms.multiplier,
    running_scores.value

from pending_terms
left join running_scores
    on
        pending_terms.round_number = running_scores.round_number
        and pending_terms.model_id = running_scores.model_id
        and pending_terms.score = running_scores.score
        and pending_terms.score_version = running_scores.score_version
