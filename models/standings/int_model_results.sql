{#
Grain: model_id, measure, score, round_number, known_at; due rounds. What a round brought each model, by when it was known:
official final scores, null where a delivery has none, and settled payouts of what was at risk. `score` is the metric,
one seamless series over the scores that were official in turn; a payout has none. A model that is not ranked is not
paid, and counts for no account.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

revisions as (

    select * from {{ ref('fct_score_revisions') }}

),

payouts as (

    select * from {{ ref('fct_payout_revisions') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

due as (

    select
        round_number,
        close_at

    from results_due
    -- One without fingerprint is no longer landed, or is a round of validation now.
    where is_due and fingerprint is not null

),

stakes_due as (

    select stakes.*
    from stakes
    inner join due on stakes.round_number = due.round_number

),

scores as (

    select
        revisions.round_number,
        revisions.model_id,
        'score' as measure,
        revisions.metric as score,
        revisions.known_at,
        revisions.value,
        coalesce(stakes_due.at_risk_nmr, 0) as at_risk_nmr

    from revisions
    inner join due on revisions.round_number = due.round_number
    left join stakes_due
        on
            revisions.round_number = stakes_due.round_number
            and revisions.model_id = stakes_due.model_id
    where revisions.is_final and revisions.is_canon

),

paid as (

    select
        payouts.round_number,
        payouts.model_id,
        'payout' as measure,
        '' as score,
        payouts.known_at,
        payouts.payout_nmr as value,
        stakes_due.at_risk_nmr

    from payouts
    inner join stakes_due
        on
            payouts.round_number = stakes_due.round_number
            and payouts.model_id = stakes_due.model_id
    where stakes_due.at_risk_nmr > 0

),

results as (

    select * from scores
    union all by name
    select * from paid

)

select
    results.*,
    if(models.is_ranked, models.account_id, null) as account_id,
    due.close_at

from results
inner join due on results.round_number = due.round_number
left join models on results.model_id = models.model_id
where results.measure = 'score' or coalesce(models.is_ranked, true)
