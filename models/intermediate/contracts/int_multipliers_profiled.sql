{# Grain: round_number. What the contract of stakes/ is judged on, multipliers: a round with stakes may have none. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

),

multipliers as (

    select * from {{ ref('stg_tournament__stake_multipliers') }}

),

staked_rounds as (

    select distinct stakes.round_number
    from stakes
    inner join candidates on stakes.round_number = candidates.round_number
    where candidates.is_stale or candidates.is_prepared

)

select
    staked_rounds.round_number,
    count(*) filter (
        where not isfinite(multipliers.multiplier) or multipliers.multiplier < 0
    ) as unusable_multipliers

from staked_rounds
left join multipliers on staked_rounds.round_number = multipliers.round_number
group by all
