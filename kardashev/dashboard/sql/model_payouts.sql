-- Grain: round_number. What each round paid, or would pay by its scores so far.
select
    payouts.round_number,
    rounds.era_date,
    if(payouts.is_settled, 'settled', 'pending') as state,
    coalesce(payouts.payout_nmr, payouts.pending_nmr) as amount_nmr,
    payouts.at_risk_nmr,
    payouts.score_used,
    payouts.payout_factor,
    payouts.retention,
    payouts.payout_rule,
    payouts.unpaid_reason,
    payouts.settled_at

from fct_payouts as payouts
left join dim_rounds as rounds on payouts.round_number = rounds.round_number
where payouts.model_id = $model_id
order by payouts.round_number
