{#
Grain: is_neutral, round_number, lag_round, ranked_round, model_key, rank_block, first_rank. By how much a doubled rank
falls when the stocks that two rounds do not share are taken out: by two for each of these below it, by one for
each that ties with it. That is constant from first_rank to last_rank, so few stocks left out make few rows, and
nothing large is sorted again. Rows are cut at every 64th rank: a rank finds its row by its block. Below the first
stock left out there is no row, and no fall.
#}
with

pair_overlaps as (

    select * from {{ ref('int_stability_overlaps') }}

),

stocks as (

    select * from {{ ref('int_stability_stocks') }}

),

ranks as (

    select * from {{ ref('int_stability_ranks') }}

),

sides as (

    select
        stock_set,
        round_number,
        lag_round,
        unnest([round_number, lag_round]) as ranked_round,
        unnest([lag_round, round_number]) as other_round

    from pair_overlaps
    where is_comparable and stock_set = 'signal'

),

dropped_stocks as (

    select
        sides.round_number,
        sides.lag_round,
        sides.ranked_round,
        stocks.stock_key,
        stocks.stock_count

    from sides
    inner join stocks
        on
            sides.stock_set = stocks.stock_set
            and sides.ranked_round = stocks.round_number
    anti join stocks as other_stocks
        on
            sides.stock_set = other_stocks.stock_set
            and sides.other_round = other_stocks.round_number
            and stocks.stock_key = other_stocks.stock_key

),

dropped_ranks as (

    select
        ranks.is_neutral,
        dropped_stocks.round_number,
        dropped_stocks.lag_round,
        dropped_stocks.ranked_round,
        dropped_stocks.stock_count,
        ranks.model_key,
        ranks.doubled_rank,
        count(*) as dropped_count

    from ranks
    inner join dropped_stocks
        on
            ranks.round_number = dropped_stocks.ranked_round
            and ranks.stock_key = dropped_stocks.stock_key
    group by all

),

counted as (

    select
        *,
        sum(dropped_count) over ranks_in_order as dropped_to_here,
        lead(doubled_rank, 1, 2 * stock_count + 1) over ranks_in_order as next_rank

    from dropped_ranks
    window
        ranks_in_order as (
            partition by is_neutral, round_number, lag_round, ranked_round, model_key
            order by doubled_rank
        )

),

steps as (

    select
        is_neutral,
        round_number,
        lag_round,
        ranked_round,
        model_key,
        unnest([doubled_rank, doubled_rank + 1]) as first_rank,
        unnest([doubled_rank, next_rank - 1]) as last_rank,
        unnest([2 * dropped_to_here - dropped_count, 2 * dropped_to_here]) as reduction

    from counted

)

select
    is_neutral,
    round_number,
    lag_round,
    ranked_round,
    model_key,
    cast(unnest(range(first_rank >> 6, (last_rank >> 6) + 1)) as integer) as rank_block,
    cast(first_rank as integer) as first_rank,
    cast(last_rank as integer) as last_rank,
    cast(reduction as integer) as reduction

from steps
where first_rank <= last_rank
