-- Grain: payout_rule, first_round, last_round, round_number, meta_model, score, score_version. Final scores of the meta
-- models that the stakes of each replay make, beside those of stakes that nothing moves.
with

scores as (

    select
        payout_rule,
        first_round,
        last_round,
        round_number,
        unnest(scores) as taken

    from replay_runs

)

select
    payout_rule,
    first_round,
    last_round,
    round_number,
    taken.meta_model,
    taken.score,
    taken.score_version,
    taken.target,
    taken.value,
    max(taken.value) filter (where payout_rule = 'frozen') over same_places
        as frozen_value

from scores
window
    same_places as (
        partition by
            first_round,
            last_round,
            round_number,
            taken.meta_model,
            taken.score,
            taken.score_version
    )
