-- Grain: payout_rule, round_number, model_id, score, score_version. What is in the sum that each stake is paid by under a
-- replayed rule: a score, its multiplier, and its final value as the landed stakes made it.
select
    terms.payout_rule,
    terms.round_number,
    terms.model_id,
    terms.score,
    terms.score_version,
    terms.multiplier,
    scores.value

from int_model_terms as terms
semi join replay_rounds
    on terms.round_number = replay_rounds.round_number
left join fct_scores as scores
    on
        terms.round_number = scores.round_number
        and terms.model_id = scores.model_id
        and terms.score = scores.score
        and terms.score_version = scores.score_version
        and scores.is_final
where list_contains($rules, terms.payout_rule)
