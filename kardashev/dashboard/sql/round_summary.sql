-- Grain: one row. When the round was, who took part, what was at risk and paid.
with

submissions as (

    select
        count(*) filter (where status = 'accepted') as accepted,
        count(*) filter (where status = 'quarantined') as quarantined,
        count(*) filter (where status = 'late') as late,
        count(*) filter (where status = 'missing') as missing

    from fct_submissions
    where round_number = $round_number

)

select
    rounds.round_number,
    rounds.era_date,
    rounds.close_at,
    rounds.kind,
    rounds.is_resolved,
    submissions.accepted,
    submissions.quarantined,
    submissions.late,
    submissions.missing,
    payouts.models_at_risk,
    payouts.at_risk_nmr,
    payouts.paid_nmr,
    payouts.burned_nmr,
    payouts.pending_nmr

from dim_rounds as rounds
cross join submissions
left join fct_round_payouts as payouts on rounds.round_number = payouts.round_number
where rounds.round_number = $round_number
