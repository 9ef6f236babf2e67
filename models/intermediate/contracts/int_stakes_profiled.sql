{# Grain: round_number. What the contract of stakes/ is judged on. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

stakes as (

    select * from {{ ref('stg_tournament__stakes') }}

)

select
    stakes.round_number,
    count(*) - count(stakes.model_id) as missing_ids,
    count(stakes.model_id) - count(distinct stakes.model_id) as repeated_models,
    count(*) filter (where stakes.stake_nmr < 0) as negative_stakes,
    count(*) filter (
        where not coalesce(isfinite(stakes.stake_nmr), false)
    ) as unusable_stakes

from stakes
inner join candidates on stakes.round_number = candidates.round_number
where candidates.is_stale or candidates.is_prepared
group by all
