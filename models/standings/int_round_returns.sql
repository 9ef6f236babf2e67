{#
Grain: entrant_kind, entrant_id, round_number, known_at. What a settled round paid models and accounts, by what was
known: an account's models together, each by its newest figure.
#}
with

payouts as (

    select * from {{ ref('int_payouts') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

settled as (

    select
        payouts.round_number,
        payouts.model_id,
        models.account_id,
        payouts.known_at,
        payouts.payout_nmr,
        payouts.at_risk_nmr

    from payouts
    left join models on payouts.model_id = models.model_id
    where payouts.settled_at is not null and payouts.at_risk_nmr > 0

),

settlements as (

    select distinct
        account_id,
        round_number,
        known_at

    from settled
    where account_id is not null

),

paid_models as (

    select distinct
        account_id,
        round_number,
        model_id

    from settled

),

newest_payouts as (

    select
        settlements.*,
        settled.payout_nmr,
        settled.at_risk_nmr

    from settlements
    inner join paid_models
        on
            settlements.account_id = paid_models.account_id
            and settlements.round_number = paid_models.round_number
    asof inner join settled
        on
            paid_models.model_id = settled.model_id
            and paid_models.round_number = settled.round_number
            and settlements.known_at >= settled.known_at

)

select
    'model' as entrant_kind,
    model_id as entrant_id,
    round_number,
    known_at,
    payout_nmr,
    at_risk_nmr

from settled

union all

select
    'account' as entrant_kind,
    account_id as entrant_id,
    round_number,
    known_at,
    {{ exact_sum_of_amounts('payout_nmr') }} as payout_nmr,
    {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr

from newest_payouts
group by all
