{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, model_id. A model's stake from round to round: what it was when the model's last round closed, what
payouts were settled or revised since, what else came or went, what it is, and what of it is at risk. The rounds that
are redone are the last ones; each model's opening is its stake in the last round before them.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

-- Read twice, each time in part: made once, it would be made whole.
stakes as not materialized (

    select * from {{ ref('fct_stakes') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

revisions as (

    select * from {{ ref('fct_payout_revisions') }}

),

redone as (

    select
        stakes.round_number,
        stakes.model_id,
        stakes.stake_nmr,
        stakes.at_risk_nmr,
        paying_rounds.close_at

    from stakes
    inner join payouts_due on stakes.round_number = payouts_due.round_number
    inner join paying_rounds on stakes.round_number = paying_rounds.round_number
    where payouts_due.is_after

),

openings as (

    select
        stakes.model_id,
        max(paying_rounds.close_at) as close_at,
        arg_max(stakes.stake_nmr, row(paying_rounds.close_at, stakes.round_number))
            as stake_nmr

    from stakes
    inner join paying_rounds on stakes.round_number = paying_rounds.round_number
    left join payouts_due on stakes.round_number = payouts_due.round_number
    where
        not coalesce(payouts_due.is_after, false)
        and stakes.model_id in (select redone.model_id from redone)
    group by all

),

histories as (

    select * from redone
    union all by name
    select * from openings

),

closes as (

    select
        round_number,
        model_id,
        stake_nmr,
        at_risk_nmr,
        close_at,
        lag(stake_nmr) over closes_in_order as former_stake_nmr,
        lag(close_at) over closes_in_order as former_close_at

    from histories
    window
        closes_in_order as (
            partition by model_id order by close_at, round_number nulls first
        )

),

first_close as (

    select min(close_at) as close_at from closes

),

recent_revisions as (

    select revisions.*
    from revisions
    inner join first_close on revisions.known_at > first_close.close_at

),

settled as (

    select
        closes.round_number,
        closes.model_id,
        {{ exact_sum_of_amounts('recent_revisions.change_nmr') }} as settled_nmr

    from recent_revisions
    asof join closes
        on
            recent_revisions.model_id = closes.model_id
            and recent_revisions.known_at <= closes.close_at
    where closes.former_close_at is not null
    group by all

)

select
    closes.round_number,
    closes.model_id,
    closes.former_stake_nmr,
    coalesce(settled.settled_nmr, 0) as settled_nmr,
    round(
        closes.stake_nmr - closes.former_stake_nmr - coalesce(settled.settled_nmr, 0), 12
    ) as other_change_nmr,
    closes.stake_nmr,
    closes.at_risk_nmr

from closes
left join settled
    on
        closes.round_number = settled.round_number
        and closes.model_id = settled.model_id
where closes.round_number is not null
