{{ config(materialized='view') }}
{#
Grain: round_number. Live rounds that alerts look at: those that are told of, which closed in the last days before the
clock, and earlier ones, which say who was active.
#}
with

clock as (

    select * from {{ ref('int_clock') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

alert_rules as (

    select * from {{ ref('alert_rules') }}

)

select
    rounds.round_number,
    rounds.rule_set,
    rounds.close_at,
    alert_rules.active_days,
    rounds.close_at > clock.clock_at - to_days(alert_rules.told_days) as is_told,
    row_number() over (order by rounds.close_at desc, rounds.round_number desc) = 1
        as is_newest

from rounds
cross join clock
inner join alert_rules on rounds.rule_set = alert_rules.tournament
where
    rounds.kind = 'live'
    and rounds.close_at <= clock.clock_at
    and rounds.close_at
    > clock.clock_at - to_days(alert_rules.told_days + alert_rules.active_days)
