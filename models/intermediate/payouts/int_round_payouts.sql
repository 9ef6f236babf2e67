{#
Grain: round_number. The rule by which a live round pays, and its payout factor: min(1, threshold / stake at risk), 1
when nothing is at risk. A landed total, or a landed factor, wins.
#}
with

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
        round_number,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr

    from stakes
    group by all

),

ruled as (

    select
        rounds.round_number,
        payout_rules.payout_rule,
        payout_rules.clip,
        payout_rules.clips_before_factor,
        payout_rules.retention_threshold,
        payout_rules.retention_scale,
        payout_rules.stake_threshold_nmr,
        rounds.payout_factor as landed_factor,
        coalesce(rounds.total_at_risk_nmr, totals.at_risk_nmr, 0) as total_at_risk_nmr

    from rounds
    inner join payout_rules
        on
            rounds.rule_set = payout_rules.tournament
            and {{ applies_to_round('payout_rules', 'rounds.round_number') }}
            and {{ applies_to_date('payout_rules', 'cast(rounds.open_at as date)') }}
    left join totals on rounds.round_number = totals.round_number

)

select
    round_number,
    payout_rule,
    clip,
    clips_before_factor,
    retention_threshold,
    retention_scale,
    total_at_risk_nmr,
    coalesce(
        landed_factor, least(1, stake_threshold_nmr / nullif(total_at_risk_nmr, 0)), 1
    ) as payout_factor

from ruled
