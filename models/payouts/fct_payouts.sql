{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, model_id. What each stake is paid for a live round: pending until the final day of every score in
its sum is known, settled then, and revised when a score is (fct_payout_revisions has the trace). In a round without
a payout rule it stays unsettled, with the reason.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

payouts as (

    select * from {{ ref('int_payouts') }}

),

revisions as (

    select * from {{ ref('fct_payout_revisions') }}

),

revision_counts as (

    select
        revisions.round_number,
        revisions.model_id,
        max(revisions.known_at) as known_at,
        count(*) - 1 as revision_count

    from revisions
    inner join payouts_due on revisions.round_number = payouts_due.round_number
    where payouts_due.is_due
    group by all

),

newest as (

    select payouts.*
    from payouts
    inner join payouts_due on payouts.round_number = payouts_due.round_number
    where payouts_due.is_due
    qualify
        row_number() over (
            partition by payouts.round_number, payouts.model_id order by payouts.known_at desc
        ) = 1

)

select
    newest.round_number,
    newest.model_id,
    newest.payout_rule,
    newest.stake_nmr,
    newest.at_risk_nmr,
    newest.payout_factor,
    newest.score_used,
    newest.retention,
    case when newest.settled_at is not null then newest.payout_nmr end as payout_nmr,
    case when newest.settled_at is null then newest.payout_nmr end as pending_nmr,
    newest.settled_at is not null as is_settled,
    newest.unpaid_reason,
    newest.settled_at,
    coalesce(revision_counts.known_at, newest.known_at) as known_at,
    coalesce(revision_counts.revision_count, 0) as revision_count

from newest
left join revision_counts
    on
        newest.round_number = revision_counts.round_number
        and newest.model_id = revision_counts.model_id
