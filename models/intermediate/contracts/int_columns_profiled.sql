{#
Grain: round_number, contract. What the contracts of neutralizers/ and factors/ are judged on, NᵀVN = I apart.
#}
with

candidates as (

    select * from {{ ref('int_round_candidates') }}

),

neutralizers as (

    select * from {{ ref('stg_tournament__neutralizers') }}

),

factors as (

    select * from {{ ref('stg_tournament__factors') }}

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

landed as (

    select
        *,
        'neutralizers' as contract,
        neutralizer as column_name

    from neutralizers

    union all by name

    select
        *,
        'factors' as contract,
        factor as column_name

    from factors

),

stocks as (

    select
        landed.round_number,
        landed.contract,
        landed.stock_id,
        count(*) as value_count,
        count(distinct landed.column_name) as column_count,
        count(*) filter (where not isfinite(landed.value)) as unusable_values

    from landed
    inner join candidates on landed.round_number = candidates.round_number
    where candidates.is_stale or candidates.is_prepared
    group by all

),

measured as (

    select
        stocks.round_number,
        stocks.contract,
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
    group by stocks.round_number, stocks.contract

)

select
    measured.round_number,
    measured.contract,
    measured.repeated_values,
    measured.unusable_values,
    least(
        measured.shared_count / measured.stock_count,
        measured.shared_count / coalesce(universe_sizes.universe_count, 0)
    ) as overlap_share,
    measured.shared_count
    / coalesce(universe_sizes.universe_count, 0) as universe_share

from measured
left join universe_sizes on measured.round_number = universe_sizes.round_number
