{# Grain: round_number. What the contract of universe/ is judged on. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

)

select
    universe.round_number,
    count(*) - count(universe.stock_id) as missing_ids,
    count(universe.stock_id) - count(distinct universe.stock_id) as repeated_stocks,
    count_if(
        not coalesce(isfinite(universe.sample_weight), false)
        or universe.sample_weight <= 0
    ) as unusable_weights

from universe
inner join candidates on universe.round_number = candidates.round_number
where candidates.is_stale or candidates.is_prepared
group by all
