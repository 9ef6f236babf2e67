-- Grain: payout_rule, stakes_of. What the models that are tried, and all others, have at risk on average, and are paid.
with

stakes as (

    select
        *,
        bool_or(is_given) over (partition by model_id) as is_tried

    from what_if_payouts

)

select
    payout_rule,
    if(is_tried, 'tried models', 'all others') as stakes_of,
    count(distinct round_number) filter (where payout_nmr is not null) as paid_rounds,
    round(sum(landed_at_risk_nmr) / count(distinct round_number), 2) as landed_at_risk,
    round(sum(at_risk_nmr) / count(distinct round_number), 2) as at_risk,
    round(coalesce(sum(landed_payout_nmr), 0), 4) as landed_paid,
    round(coalesce(sum(payout_nmr), 0), 4) as paid,
    round(coalesce(sum(difference_nmr), 0), 4) as difference

from stakes
group by payout_rule, is_tried
order by payout_rule, not is_tried
