{# Grain: round_number. What the contract of neutralizers/ is judged on, NᵀVN = I apart. #}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

neutralizers as (

    select * from {{ ref('stg_tournament__neutralizers') }}

),

universe as (

    select * from {{ ref('stg_tournament__universe') }}

),

universe_stocks as (

    select distinct
        round_number,
        stock_id

    from universe

),

universe_sizes as (

    select
        round_number,
        count(*) as universe_count

    from universe_stocks
    group by all

),

stocks as (

    select
        neutralizers.round_number,
        neutralizers.stock_id,
        count(*) as value_count,
        count(distinct neutralizers.neutralizer) as column_count,
        count(*) filter (where not isfinite(neutralizers.value)) as unusable_values

    from neutralizers
    inner join candidates on neutralizers.round_number = candidates.round_number
    where candidates.is_stale or candidates.is_prepared
    group by all

),

measured as (

    select
        stocks.round_number,
        sum(stocks.value_count - stocks.column_count) as repeated_values,
        sum(stocks.unusable_values)
        + max(stocks.column_count) * count(*)
        - sum(stocks.column_count) as unusable_values,
        count(*) as stock_count,
        count(universe_stocks.stock_id) as shared_count

    from stocks
    left join universe_stocks
        on
            stocks.round_number = universe_stocks.round_number
            and stocks.stock_id = universe_stocks.stock_id
    group by stocks.round_number

)

select
    measured.round_number,
    measured.repeated_values,
    measured.unusable_values,
    least(
        measured.shared_count / measured.stock_count,
        measured.shared_count / coalesce(universe_sizes.universe_count, 0)
    ) as overlap_share

from measured
left join universe_sizes on measured.round_number = universe_sizes.round_number
