{#
Grain: entrant_kind, entrant_id, round_number, known_at. What a settled round paid models and accounts, by what was known:
of accounts with several models, together.
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

entrants as (

    select
        *,
        unnest(['model', 'account']) as entrant_kind,
        unnest([model_id, account_id]) as entrant_id

    from settled

)

select
    entrant_kind,
    entrant_id,
    round_number,
    known_at,
    {{ exact_sum_of_amounts('payout_nmr') }} as payout_nmr,
    {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr

from entrants
where entrant_id is not null
group by all
