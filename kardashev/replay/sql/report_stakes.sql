-- Grain: payout_rule. Stakes of the first and the last round, and what moved them. The effective number of models is
-- (sum of at risk)² / sum of at risk².
with

rounds as (

    select
        payout_rule,
        round_number,
        sum(stake_nmr) as stake_nmr,
        sum(payout_nmr) as payout_nmr,
        pow(sum(at_risk_nmr), 2) / nullif(sum(pow(at_risk_nmr, 2)), 0) as effective_models

    from replayed_stakes
    group by all

)

select
    payout_rule,
    count(*) as rounds,
    count(payout_nmr) as paid_rounds,
    round(arg_min(stake_nmr, round_number), 2) as first_stake_nmr,
    round(arg_max(stake_nmr, round_number), 2) as last_stake_nmr,
    round(coalesce(sum(payout_nmr), 0), 2) as paid_nmr,
    round(arg_min(effective_models, round_number) filter (where effective_models > 0), 2)
        as first_effective_models,
    round(arg_max(effective_models, round_number) filter (where effective_models > 0), 2)
        as last_effective_models

from rounds
group by payout_rule
order by payout_rule != 'frozen', payout_rule
