-- Grain: payout_rule, meta_model, score, score_version, round_number. Each meta model's gain over frozen stakes.
select
    replayed.payout_rule,
    replayed.meta_model,
    replayed.score,
    replayed.round_number,
    rounds.era_date,
    replayed.value,
    replayed.frozen_value,
    sum(replayed.value - replayed.frozen_value) over (
        partition by
            replayed.payout_rule,
            replayed.meta_model,
            replayed.score,
            replayed.score_version
        order by replayed.round_number
    ) as cumulative_gain,
    replayed.score_version

from fct_replayed_scores as replayed
left join dim_rounds as rounds on replayed.round_number = rounds.round_number
where
    replayed.first_round = $first_round
    and replayed.last_round = $last_round
    and replayed.payout_rule != 'frozen'
    and replayed.value is not null
order by replayed.payout_rule, replayed.meta_model, replayed.score, replayed.round_number
