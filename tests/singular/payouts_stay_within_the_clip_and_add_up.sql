{# No payout exceeds its clip, none is paid without a stake at risk, and a round pays what its models are paid. #}
with

payouts as (

    select * from {{ ref('fct_payouts') }}
    where {{ written_now(ref('fct_payouts')) }}

),

round_payouts as (

    select * from {{ ref('fct_round_payouts') }}

),

rules as (

    select * from {{ ref('int_round_payouts') }}

),

beyond as (

    select
        payouts.round_number,
        payouts.model_id

    from payouts
    inner join rules on payouts.round_number = rules.round_number
    where abs(payouts.payout_nmr) > rules.clip * payouts.at_risk_nmr * (1 + 1e-12)

),

sums as (

    select
        round_number,
        sum(payout_nmr) as net_nmr

    from payouts
    where is_settled
    group by all

)

select
    round_number,
    model_id

from beyond

union all

select
    sums.round_number,
    null as model_id

from sums
inner join round_payouts on sums.round_number = round_payouts.round_number
where abs(sums.net_nmr - round_payouts.paid_nmr + round_payouts.burned_nmr) > 1e-9
