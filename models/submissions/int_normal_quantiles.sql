{#
Grain: stock_count, doubled_rank. The standard normal quantile of (rank − 0.5) / n for every rank that a
universe, or the part of it that a target covers, can hold. Odd about the middle to the last digit, so that
a signal and its reverse cancel.
#}
with

universe as (

    select * from {{ ref('int_universe') }}

),

coverages as (

    select * from {{ ref('int_target_coverages') }}

),

universe_sizes as (

    select count(*) as stock_count
    from universe
    group by round_number

),

sizes as (

    select stock_count from universe_sizes
    union
    select stock_count from coverages

),

lower_halves as (

    select
        cast(stock_count as integer) as stock_count,
        cast(unnest(range(2, stock_count + 1)) as integer) as doubled_rank

    from sizes

),

lower_quantiles as (

    select
        stock_count,
        doubled_rank,
        norm_ppf((doubled_rank - 1) / (2 * stock_count)) as gaussian

    from lower_halves

),

quantiles as (

    select
        stock_count,
        doubled_rank,
        gaussian

    from lower_quantiles

    union all

    select
        stock_count,
        2 * stock_count + 2 - doubled_rank as doubled_rank,
        -gaussian as gaussian

    from lower_quantiles

    union all

    select
        stock_count,
        stock_count + 1 as doubled_rank,
        0.0 as gaussian

    from sizes

)

select
    cast(stock_count as integer) as stock_count,
    cast(doubled_rank as integer) as doubled_rank,
    gaussian,
    {{ pow15('gaussian') }} as gaussian_pow15,
    (doubled_rank - stock_count - 1) / stock_count as centred_rank

from quantiles
