{#
Grain: stock_set, round_number, lag_round. How many stocks two rounds share, and whether these are enough of either
to compare the two.
#}
with

pairs as (

    select * from {{ ref('int_stability_pairs') }}

),

stocks as (

    select * from {{ ref('int_stability_stocks') }}

),

shared as (

    select
        stocks.stock_set,
        pairs.round_number,
        pairs.lag_round,
        pairs.minimum_overlap,
        any_value(stocks.stock_count) as stock_count,
        any_value(earlier_stocks.stock_count) as earlier_count,
        count(*) as shared_count

    from pairs
    inner join stocks on pairs.round_number = stocks.round_number
    inner join stocks as earlier_stocks
        on
            pairs.lag_round = earlier_stocks.round_number
            and stocks.stock_set = earlier_stocks.stock_set
            and stocks.stock_key = earlier_stocks.stock_key
    group by all

)

select
    stock_set,
    round_number,
    lag_round,
    shared_count,
    shared_count / greatest(stock_count, earlier_count) >= minimum_overlap as is_comparable

from shared
