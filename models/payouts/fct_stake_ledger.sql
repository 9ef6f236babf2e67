{#
Grain: round_number, model_id. A model's stake from round to round: what it was when the model's last round closed, what
payouts were settled or revised since, what else came or went, what it is, and what of it is at risk.
#}
with

stakes as (

    select * from {{ ref('fct_stakes') }}

),

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

revisions as (

    select * from {{ ref('fct_payout_revisions') }}

),

closes as (

    select
        stakes.round_number,
        stakes.model_id,
        stakes.stake_nmr,
        stakes.at_risk_nmr,
        rounds.close_at,
        lag(stakes.stake_nmr) over closes_in_order as former_stake_nmr,
        lag(rounds.close_at) over closes_in_order as former_close_at

    from stakes
    inner join rounds on stakes.round_number = rounds.round_number
    where rounds.kind = 'live'
    window closes_in_order as (
        partition by stakes.model_id order by rounds.close_at, stakes.round_number
    )

),

settled as (

    select
        closes.round_number,
        closes.model_id,
        {{ exact_sum_of_amounts('revisions.change_nmr') }} as settled_nmr

    from revisions
    asof join closes
        on
            revisions.model_id = closes.model_id
            and revisions.known_at <= closes.close_at
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
