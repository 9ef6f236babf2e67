{#
Grain: round_number. The live rounds that the fund holds a portfolio for, the target whose returns it earns
(that of True Contribution), what trading costs, and how many rounds are open at one time, which share its
capital.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

round_scores as (

    select * from {{ ref('int_round_scores') }}

),

trading_costs as (

    select * from {{ ref('trading_costs') }}

),

impact_rules as (

    select * from {{ ref('impact_rules') }}

),

fund_rounds as (

    select
        rounds.round_number,
        rounds.era_date,
        rounds.close_at,
        round_scores.target,
        round_scores.final_score_day as return_days,
        {{ calendar_days('round_scores.final_score_day') }} as calendar_days,
        trading_costs.cost_per_turnover,
        impact_rules.impact_coefficient,
        impact_rules.daily_volatility,
        impact_rules.typical_volume_usd,
        impact_rules.volume_power

    from rounds
    inner join round_scores on rounds.round_number = round_scores.round_number
    left join trading_costs
        on
            rounds.rule_set = trading_costs.tournament
            and {{ applies_to_round('trading_costs', 'rounds') }}
    left join impact_rules
        on
            rounds.rule_set = impact_rules.tournament
            and {{ applies_to_round('impact_rules', 'rounds') }}
    where
        rounds.kind = 'live'
        and round_scores.family = 'tc'
        and round_scores.score_version = 'v1'

),

neighbours as (

    select
        fund_rounds.round_number,
        greatest(
            count(*) filter (where others.era_date <= fund_rounds.era_date),
            count(*) filter (where others.era_date >= fund_rounds.era_date)
        ) as rounds_at_once

    from fund_rounds
    inner join fund_rounds as others
        on
            abs(others.era_date - fund_rounds.era_date) < fund_rounds.calendar_days
            and fund_rounds.target = others.target
    group by all

)

select
    fund_rounds.*,
    neighbours.rounds_at_once

from fund_rounds
inner join neighbours on fund_rounds.round_number = neighbours.round_number
