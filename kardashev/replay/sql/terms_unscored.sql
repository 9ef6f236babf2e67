-- Grain: score, score_version. What $rule pays on in rounds that are not scored on it.
select
    terms.score,
    terms.score_version,
    count(*) as missing,
    min(terms.round_number) as example

from int_round_terms as terms
semi join replay_rounds
    on terms.round_number = replay_rounds.round_number
anti join int_round_scores as round_scores
    on
        terms.round_number = round_scores.round_number
        and terms.score = round_scores.score
        and terms.score_version = round_scores.score_version
where terms.payout_rule = $rule
group by all
order by all
