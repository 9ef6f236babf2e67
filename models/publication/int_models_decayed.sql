{{ config(materialized='view') }}
{#
Grain: round_number, model_id. The models of the newest round whose mean of an official series over three months is below
the bound of its rule row, while that over a year is not, as of the newest as-of date.
#}
with

standings as (

    select * from {{ ref('leaderboard_models') }}

),

decay_rules as (

    select * from {{ ref('decay_rules') }}

),

alert_rounds as (

    select * from {{ ref('int_alert_rounds') }}

),

submissions as (

    select * from {{ ref('fct_submissions') }}

),

newest_day as (

    select max(as_of_date) as as_of_date from standings

),

entrants as (

    select
        alert_rounds.round_number,
        alert_rounds.rule_set,
        submissions.model_id

    from submissions
    inner join alert_rounds on submissions.round_number = alert_rounds.round_number
    where alert_rounds.is_newest and submissions.status != 'missing'

)

select
    entrants.round_number,
    entrants.model_id,
    cast(standings.as_of_date as timestamp) as happened_at,
    string_agg(
        format(
            '{} of three months is {:.6g}, of a year {:.6g}, expected at least {:.6g}',
            standings.score,
            standings.reputation_three_months,
            standings.reputation,
            decay_rules.at_least
        ),
        '; ' order by standings.score
    ) as reason

from entrants
inner join standings on entrants.model_id = standings.model_id
inner join newest_day on standings.as_of_date = newest_day.as_of_date
inner join decay_rules
    on
        entrants.rule_set = decay_rules.tournament
        and standings.score = decay_rules.metric
where
    standings.round_count >= decay_rules.minimum_rounds
    and {{ comparable_score('standings.reputation_three_months') }} < decay_rules.at_least
    and {{ comparable_score('standings.reputation') }} >= decay_rules.at_least
group by all
