{#
Grain: is_neutral, round_number, lag_round, model_key. Churn: 1 − Spearman of a model's two signals on the stocks that
both rounds share, ranked there. Null where one of them is constant there. Doubled ranks of n stocks have the mean
n + 1, and their products add up exactly in doubles.
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

),

shared_ranks as (

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

),

sums as (

    select
        is_neutral,
        round_number,
        lag_round,
        model_key,
        sum(later_rank * earlier_rank) as xy,
        sum(later_rank * later_rank) as xx,
        sum(earlier_rank * earlier_rank) as yy

    from shared_ranks
    group by all

),

centred as (

    select
        sums.is_neutral,
        sums.round_number,
        sums.lag_round,
        sums.model_key,
        sums.xy - pairs.shared_count * pow(pairs.shared_count + 1, 2) as xy,
        sums.xx - pairs.shared_count * pow(pairs.shared_count + 1, 2) as xx,
        sums.yy - pairs.shared_count * pow(pairs.shared_count + 1, 2) as yy

    from sums
    inner join pairs
        on
            sums.is_neutral = pairs.is_neutral
            and sums.round_number = pairs.round_number
            and sums.lag_round = pairs.lag_round

)

select
    is_neutral,
    round_number,
    lag_round,
    model_key,
    1 - xy / nullif(sqrt(xx * yy), 0) as churn

from centred
