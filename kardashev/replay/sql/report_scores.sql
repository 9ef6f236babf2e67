-- Grain: payout_rule, meta_model, score. Mean final scores of the meta model and the meta portfolio, and the fund's mean return
-- before costs, with frozen and with paid stakes, and how much they differ in the second half of the rounds.
select
    payout_rule,
    meta_model,
    score,
    count(value) as rounds,
    round(avg(frozen_value), 5) as frozen,
    round(avg(value), 5) as paid,
    round(avg(value - frozen_value), 6) as difference,
    round(
        avg(value - frozen_value) filter (where 2 * round_number > first_round + last_round), 6
    ) as second_half

from replayed_scores
where payout_rule != 'frozen' and (meta_model in ('SWMM', 'fund') or score = 'alpha')
group by all
order by payout_rule, meta_model, score
