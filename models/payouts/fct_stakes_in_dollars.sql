{#
Grain: round_number. What was staked, paid and burned in each live round, in US dollars, by the newest price of NMR
from up to the day of its close. Rounds that no price comes before are left out.
#}
with

round_payouts as (

    select * from {{ ref('fct_round_payouts') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

prices as (

    select * from {{ ref('stg_tournament__prices') }}

),

prices_of_day as (

    select
        day as price_day,
        min(nmr_usd) as nmr_usd

    from prices
    where day is not null
    group by day
    having
        count(distinct nmr_usd) = 1
        and bool_and({{ is_price('nmr_usd') }})

),

closed as (

    select
        round_payouts.*,
        cast(rounds.close_at as date) as close_day

    from round_payouts
    inner join rounds on round_payouts.round_number = rounds.round_number

)

select
    closed.round_number,
    prices_of_day.price_day,
    cast(closed.close_day - prices_of_day.price_day as integer) as price_age_days,
    prices_of_day.nmr_usd,
    closed.stake_nmr * prices_of_day.nmr_usd as stake_usd,
    closed.at_risk_nmr * prices_of_day.nmr_usd as at_risk_usd,
    closed.paid_nmr * prices_of_day.nmr_usd as paid_usd,
    closed.burned_nmr * prices_of_day.nmr_usd as burned_usd,
    closed.net_nmr * prices_of_day.nmr_usd as net_usd,
    closed.pending_nmr * prices_of_day.nmr_usd as pending_usd

from closed
asof join prices_of_day on closed.close_day >= prices_of_day.price_day
