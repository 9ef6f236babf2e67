-- Grain: payout_rule, model_id. What each rule would have paid each model, and its stake in the end.
select
    replayed.payout_rule,
    coalesce(any_value(models.display_name), replayed.model_id) as model,
    arg_min(replayed.stake_nmr, replayed.round_number) as first_stake_nmr,
    arg_max(replayed.stake_nmr, replayed.round_number) as last_stake_nmr,
    coalesce(sum(replayed.payout_nmr), 0) as payout_nmr,
    replayed.model_id

from fct_replayed_stakes as replayed
left join dim_models as models on replayed.model_id = models.model_id
where
    replayed.first_round = $first_round
    and replayed.last_round = $last_round
    and replayed.payout_rule != 'frozen'
group by replayed.payout_rule, replayed.model_id
order by payout_nmr desc, replayed.payout_rule asc, replayed.model_id asc
