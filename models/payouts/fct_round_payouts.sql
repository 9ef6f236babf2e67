{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_due'}) }}
{# Grain: round_number. What was at risk in each live round, paid and burned; or why it pays nothing. #}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

payouts as (

    select * from {{ ref('fct_payouts') }}

),

totals as (

    select
        payouts.round_number,
        {{ exact_sum_of_amounts('stake_nmr') }} as stake_nmr,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr,
        count(*) filter (where at_risk_nmr > 0) as models_at_risk,
        {{ exact_sum_of_amounts('case when is_settled then greatest(payout_nmr, 0) end') }} as paid_nmr,
        {{ exact_sum_of_amounts('case when is_settled then greatest(-payout_nmr, 0) end') }} as burned_nmr,
        {{ exact_sum_of_amounts('payout_nmr') }} as net_nmr,
        {{ exact_sum_of_amounts('pending_nmr') }} as pending_nmr,
        bool_and(payouts.is_settled) as is_settled

    from payouts
    inner join payouts_due on payouts.round_number = payouts_due.round_number
    where payouts_due.is_due
    group by all

)

select
    round_payouts.round_number,
    round_payouts.payout_rule,
    round_payouts.payout_factor,
    round_payouts.total_at_risk_nmr,
    coalesce(totals.stake_nmr, 0) as stake_nmr,
    coalesce(totals.at_risk_nmr, 0) as at_risk_nmr,
    coalesce(totals.models_at_risk, 0) as models_at_risk,
    totals.paid_nmr,
    totals.burned_nmr,
    totals.net_nmr,
    totals.pending_nmr,
    coalesce(totals.is_settled, false) as is_settled,
    case
        when round_payouts.unpaid_reason is not null then round_payouts.unpaid_reason
        when totals.round_number is null then 'no stake is landed'
        when totals.models_at_risk = 0 then 'no stake is at risk'
    end as unpaid_reason

from round_payouts
inner join payouts_due on round_payouts.round_number = payouts_due.round_number
left join totals on round_payouts.round_number = totals.round_number
where payouts_due.is_due
