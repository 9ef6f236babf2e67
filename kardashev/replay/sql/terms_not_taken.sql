-- Grain: score, score_version. What $rule pays on that hangs on stakes in a way that a replay does not take: of a family
-- that is not among $taken, or of the top and bottom of a ranking.
select distinct
    terms.score,
    terms.score_version

from int_round_terms as terms
semi join replay_rounds
    on terms.round_number = replay_rounds.round_number
inner join int_round_scores as round_scores
    on
        terms.round_number = round_scores.round_number
        and terms.score = round_scores.score
        and terms.score_version = round_scores.score_version
where
    terms.payout_rule = $rule
    and round_scores.meta_model is not null
    and (
        round_scores.top_bottom is not null
        or not list_contains($taken, round_scores.family)
    )
order by all
