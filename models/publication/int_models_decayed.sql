{{ config(materialized='view') }}
{#
Grain: round_number, model_id. The models of the newest round whose mean of an official series over three months is below
the bound of its rule row, while that over a year is not, as of the newest as-of date.
#}
with

-- read twice, and once of one day alone: made once, it would be made whole
standings as not materialized (

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

newest_standings as materialized (

    select standings.*
    from standings
    semi join newest_day on standings.as_of_date = newest_day.as_of_date

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
    cast(newest_standings.as_of_date as timestamp) as happened_at,
    string_agg(
        format(
            '{} of three months is {:.6g}, of a year {:.6g}, expected at least {:.6g}',
            newest_standings.score,
            newest_standings.reputation_three_months,
            newest_standings.reputation,
            decay_rules.at_least
        ),
        '; ' order by newest_standings.score
    ) as reason

from entrants
inner join newest_standings on entrants.model_id = newest_standings.model_id
inner join decay_rules
    on
        entrants.rule_set = decay_rules.tournament
        and newest_standings.score = decay_rules.metric
where
    newest_standings.round_count >= decay_rules.minimum_rounds
    and {{ comparable_score('newest_standings.reputation_three_months') }} < decay_rules.at_least
    and {{ comparable_score('newest_standings.reputation') }} >= decay_rules.at_least
group by all
