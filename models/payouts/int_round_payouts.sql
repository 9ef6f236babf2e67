{{ config(materialized='incremental', meta={'worklist': 'int_payouts_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number. The rule by which each live round pays, or why it pays nothing, and its payout factor: min(1,
threshold / stake at risk), 1 when nothing is at risk. A landed total, or a landed factor, wins.
#}
with

payouts_due as (

    select * from {{ ref('int_payouts_due') }}

),

rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

payout_rules as (

    select * from {{ ref('payout_rules') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

totals as (

    select
        stakes.round_number,
        {{ exact_sum_of_amounts('stakes.at_risk_nmr') }} as at_risk_nmr

    from stakes
    inner join payouts_due on stakes.round_number = payouts_due.round_number
    where payouts_due.is_due
    group by all

),

ruled as (

    select
        rounds.round_number,
        rounds.rule_set,
        rounds.close_at,
        payout_rules.payout_rule,
        payout_rules.clip,
        payout_rules.clips_before_factor,
        payout_rules.retention_threshold,
        payout_rules.retention_scale,
        payout_rules.stake_threshold_nmr,
        rounds.payout_factor as landed_factor,
        coalesce(rounds.total_at_risk_nmr, totals.at_risk_nmr, 0) as total_at_risk_nmr

    from rounds
    inner join payouts_due on rounds.round_number = payouts_due.round_number
    left join payout_rules
        on
            rounds.rule_set = payout_rules.tournament
            and {{ applies_to_round('payout_rules', 'rounds') }}
    left join totals on rounds.round_number = totals.round_number
    where payouts_due.is_due

)

select
    round_number,
    close_at,
    payout_rule,
    clip,
    clips_before_factor,
    retention_threshold,
    retention_scale,
    total_at_risk_nmr,
    case
        when payout_rule is not null
            then
                coalesce(
                    landed_factor,
                    least(1, stake_threshold_nmr / nullif(total_at_risk_nmr, 0)),
                    1
                )
    end as payout_factor,
    if(
        payout_rule is null,
        concat('no payout rule of ', rule_set, ' applies to the round'),
        null
    ) as unpaid_reason

from ruled
