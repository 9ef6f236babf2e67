-- Grain: payout_rule, round_number. Stakes under each rule, beside frozen ones.
select
    replayed.payout_rule,
    replayed.round_number,
    rounds.era_date,
    sum(replayed.stake_nmr) as stake_nmr,
    sum(replayed.at_risk_nmr) as at_risk_nmr,
    sum(replayed.payout_nmr) as payout_nmr,
    pow(sum(replayed.at_risk_nmr), 2) / nullif(sum(pow(replayed.at_risk_nmr, 2)), 0)
        as effective_models

from fct_replayed_stakes as replayed
left join dim_rounds as rounds on replayed.round_number = rounds.round_number
where replayed.first_round = $first_round and replayed.last_round = $last_round
group by replayed.payout_rule, replayed.round_number, rounds.era_date
order by replayed.payout_rule, replayed.round_number
