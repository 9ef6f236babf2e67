-- Grain: round_number. The stake, what of it was at risk, why not, and how it moved.
select
    stakes.round_number,
    rounds.era_date,
    stakes.stake_nmr,
    stakes.at_risk_nmr,
    stakes.zeroed_reason,
    ledger.settled_nmr,
    ledger.other_change_nmr,
    stakes.max_churn,
    stakes.max_turnover,
    stakes.mean_neutral_churn

from fct_stakes as stakes
left join fct_stake_ledger as ledger
    on stakes.round_number = ledger.round_number and stakes.model_id = ledger.model_id
left join dim_rounds as rounds on stakes.round_number = rounds.round_number
where stakes.model_id = $model_id
order by stakes.round_number
