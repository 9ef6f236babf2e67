{#
Grain: model_id. What the running scores would pay each model for the rounds that are not settled, and its account beside it.
It is a table: of older rounds nothing is pending.
#}
with

payouts as (

    select * from {{ ref('fct_payouts') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

totals as (

    select
        model_id,
        min(round_number) as first_pending_round,
        max(round_number) as last_pending_round,
        count(*) as pending_rounds,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr,
        {{ exact_sum_of_amounts('pending_nmr') }} as pending_nmr

    from payouts
    where pending_nmr is not null and at_risk_nmr > 0
    group by all

),

owned as (

    select
        totals.*,
        models.account_id

    from totals
    left join models on totals.model_id = models.model_id

),

accounts as (

    select
        account_id,
        {{ exact_sum_of_amounts('pending_nmr') }} as pending_nmr

    from owned
    group by all

)

select
    owned.model_id,
    owned.account_id,
    owned.first_pending_round,
    owned.last_pending_round,
    owned.pending_rounds,
    owned.at_risk_nmr,
    owned.pending_nmr,
    coalesce(accounts.pending_nmr, owned.pending_nmr) as account_pending_nmr

from owned
left join accounts on owned.account_id = accounts.account_id
