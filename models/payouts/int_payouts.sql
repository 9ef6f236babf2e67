{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, model_id, known_at. What each stake is paid, by what was known: when it was settled, and whenever a
score of it was revised. One that is not settled has no settled_at: payout_nmr is what its running scores would pay.
payout = at risk × clip(factor × score), or × factor × clip(score); neutral churn leaves a share of what is positive.
Benchmarks and examples are paid nothing.
#}
with

payouts_known as (

    select * from {{ ref('int_payouts_known') }}

),

terms as (

    select * from {{ ref('int_payout_terms') }}

),

round_payouts as (

    select * from {{ ref('int_round_payouts') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

round_references as (

    select * from {{ ref('int_round_references') }}

),

sums as (

    select
        round_number,
        model_id,
        known_at,
        round({{ sum_by_size('multiplier * value') }}, 15) as score_used,
        bool_and(value is not null) as is_scored,
        string_agg(missing_reason, '; ' order by score)
        filter (where missing_reason is not null) as missing_reason

    from terms
    group by all

),

used as (

    select
        payouts_known.*,
        payouts_known.payout_rule is not null and sums.model_id is null as is_empty,
        if(is_empty, 0, sums.score_used) as score_used,
        is_empty or sums.is_scored as is_scored,
        sums.missing_reason

    from payouts_known
    left join sums
        on
            payouts_known.round_number = sums.round_number
            and payouts_known.model_id = sums.model_id
            and payouts_known.known_at = sums.known_at

),

priced as (

    select
        used.*,
        round_payouts.payout_factor,
        round_payouts.unpaid_reason,
        stakes.stake_nmr,
        stakes.at_risk_nmr,
        stakes.zeroed_reason,
        round_references.model_id is not null as is_reference,
        if(
            round_payouts.clips_before_factor,
            round_payouts.payout_factor
            * least(greatest(used.score_used, -round_payouts.clip), round_payouts.clip),
            least(
                greatest(round_payouts.payout_factor * used.score_used, -round_payouts.clip),
                round_payouts.clip
            )
        ) as payout_share,
        least(
            1,
            coalesce(
                2 / (1 + exp(
                    round_payouts.retention_scale
                    * (coalesce(stakes.mean_neutral_churn, 1) - round_payouts.retention_threshold)
                )),
                1
            )
        ) as retention

    from used
    inner join round_payouts on used.round_number = round_payouts.round_number
    inner join stakes
        on
            used.round_number = stakes.round_number
            and used.model_id = stakes.model_id
    left join round_references
        on
            used.round_number = round_references.round_number
            and used.model_id = round_references.model_id

)

select
    round_number,
    model_id,
    known_at,
    settled_at,
    payout_rule,
    stake_nmr,
    at_risk_nmr,
    payout_factor,
    score_used,
    retention,
    case
        when unpaid_reason is not null then null
        when at_risk_nmr = 0 or is_reference then 0
        when is_scored then at_risk_nmr * payout_share * if(payout_share > 0, retention, 1)
        when settled_at is not null then 0
    end as payout_nmr,
    case
        when unpaid_reason is not null then unpaid_reason
        when zeroed_reason is not null then zeroed_reason
        when at_risk_nmr > 0 and is_reference then 'benchmarks and examples are not paid'
        when at_risk_nmr > 0 and is_empty then 'every multiplier of the model is 0'
        when at_risk_nmr > 0 and settled_at is not null then missing_reason
    end as unpaid_reason

from priced
