{{ config(materialized='view') }}
{#
Grain: is_neutral, round_number, lag_round, model_key, stock_key (not selected). The two doubled ranks of each stock that
two comparable rounds share, taken among the shared ones. Doubles: their products add up exactly.
#}
with

pair_overlaps as (

    select * from {{ ref('int_stability_overlaps') }}

),

ranks as (

    select * from {{ ref('int_stability_ranks') }}

),

reductions as (

    select * from {{ ref('int_rank_reductions') }}

),

pairs as (

    select
        stock_set = 'neutral' as is_neutral,
        round_number,
        lag_round,
        shared_count

    from pair_overlaps
    where is_comparable and stock_set in ('signal', 'neutral')

),

later_rounds as (

    select distinct
        is_neutral,
        round_number

    from pairs

),

later_ranks as (

    select ranks.*
    from ranks
    inner join later_rounds
        on
            ranks.is_neutral = later_rounds.is_neutral
            and ranks.round_number = later_rounds.round_number

),

earlier_ranks as (

    select
        pairs.is_neutral,
        pairs.round_number,
        pairs.lag_round,
        ranks.model_key,
        ranks.stock_key,
        ranks.doubled_rank

    from ranks
    inner join pairs
        on
            ranks.is_neutral = pairs.is_neutral
            and ranks.round_number = pairs.lag_round

)

select
    earlier_ranks.is_neutral,
    earlier_ranks.round_number,
    earlier_ranks.lag_round,
    earlier_ranks.model_key,
    cast(
        later_ranks.doubled_rank - coalesce(later_reductions.reduction, 0) as double
    ) as later_rank,
    cast(
        earlier_ranks.doubled_rank - coalesce(earlier_reductions.reduction, 0) as double
    ) as earlier_rank

from earlier_ranks
inner join later_ranks
    on
        earlier_ranks.is_neutral = later_ranks.is_neutral
        and earlier_ranks.round_number = later_ranks.round_number
        and earlier_ranks.model_key = later_ranks.model_key
        and earlier_ranks.stock_key = later_ranks.stock_key
left join reductions as later_reductions
    on
        earlier_ranks.is_neutral = later_reductions.is_neutral
        and earlier_ranks.round_number = later_reductions.round_number
        and earlier_ranks.lag_round = later_reductions.lag_round
        and earlier_ranks.round_number = later_reductions.ranked_round
        and earlier_ranks.model_key = later_reductions.model_key
        and later_ranks.doubled_rank >> 6 = later_reductions.rank_block
        and later_ranks.doubled_rank >= later_reductions.first_rank
        and later_ranks.doubled_rank <= later_reductions.last_rank
left join reductions as earlier_reductions
    on
        earlier_ranks.is_neutral = earlier_reductions.is_neutral
        and earlier_ranks.round_number = earlier_reductions.round_number
        and earlier_ranks.lag_round = earlier_reductions.lag_round
        and earlier_ranks.lag_round = earlier_reductions.ranked_round
        and earlier_ranks.model_key = earlier_reductions.model_key
        and earlier_ranks.doubled_rank >> 6 = earlier_reductions.rank_block
        and earlier_ranks.doubled_rank >= earlier_reductions.first_rank
        and earlier_ranks.doubled_rank <= earlier_reductions.last_rank
