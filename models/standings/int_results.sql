{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: entrant_kind, entrant_id, measure, score, round_number, known_at. What rounds brought models and accounts, from when it
was known until when it was revised or taken back: official final scores, payouts, and logarithms of returns, 1 + payout
/ at risk.
#}
with

model_results as (

    select * from {{ ref('int_model_results') }}

),

account_results as (

    select * from {{ ref('int_account_results') }}

),

entrant_results as (

    select
        'model' as entrant_kind,
        model_id as entrant_id,
        * exclude (model_id, account_id)

    from model_results

    union all by name

    select
        'account' as entrant_kind,
        account_id as entrant_id,
        * exclude (account_id)

    from account_results

),

dated as (

    select
        *,
        lead(known_at) over (
            partition by entrant_kind, entrant_id, measure, score, round_number
            order by known_at
        ) as until_at

    from entrant_results

),

results as (

    select
        * exclude (measure, value),
        unnest(if(measure = 'payout', ['payout_nmr', 'log_return'], [measure])) as measure,
        unnest(
            if(measure = 'payout', [value, ln(1 + value / at_risk_nmr)], [value])
        ) as value

    from dated

)

select
    round_number,
    entrant_kind,
    entrant_id,
    measure,
    score,
    close_at,
    known_at,
    until_at,
    value

from results
where value is not null
