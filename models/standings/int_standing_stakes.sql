{#
Grain: entrant_kind, entrant_id, as_of_date; due days. What was staked on models and accounts in the newest live round that had
closed by the day, and what of it was at risk; no row where nothing is landed.
#}
with

rounds as (

    select * from {{ ref('dim_rounds') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

as_of_dates as (

    select * from {{ ref('int_as_of_dates_due') }}
    where is_due

),

closes as (

    select
        cast(rounds.close_at as date) as close_date,
        arg_max(rounds.round_number, (rounds.close_at, rounds.round_number)) as round_number

    from rounds
    semi join paying_rounds on rounds.round_number = paying_rounds.round_number
    group by all

),

newest_rounds as (

    select
        as_of_dates.as_of_date,
        closes.round_number

    from as_of_dates
    asof inner join closes on as_of_dates.as_of_date >= closes.close_date

),

entrants as (

    select
        newest_rounds.as_of_date,
        stakes.stake_nmr,
        stakes.at_risk_nmr,
        unnest(['model', 'account']) as entrant_kind,
        unnest([
            stakes.model_id, if(models.is_ranked, models.account_id, null)
        ]) as entrant_id

    from newest_rounds
    inner join stakes on newest_rounds.round_number = stakes.round_number
    left join models on stakes.model_id = models.model_id

)

select
    entrant_kind,
    entrant_id,
    as_of_date,
    round({{ exact_sum_of_amounts('stake_nmr') }}, 9) as stake_nmr,
    round({{ exact_sum_of_amounts('at_risk_nmr') }}, 9) as at_risk_nmr

from entrants
where entrant_id is not null
group by all
