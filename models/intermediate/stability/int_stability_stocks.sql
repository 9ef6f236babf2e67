{#
Grain: stock_set, round_number, stock_key. The stocks that signals (`signal`), neutral signals (`neutral`) and neutral
weights (`weight`) of the rounds to compare stand on. All models of a round stand on the same: one of them tells.
#}
with

pairs as (

    select * from {{ ref('int_stability_pairs') }}

),

ranks as (

    select * from {{ ref('int_stability_ranks') }}

),

weights as (

    select * from {{ ref('int_neutral_weights') }}

),

rounds as (

    select round_number from pairs
    union
    select lag_round from pairs

),

ranked_models as (

    select
        ranks.is_neutral,
        ranks.round_number,
        min(ranks.model_key) as model_key

    from ranks
    inner join rounds on ranks.round_number = rounds.round_number
    group by all

),

weighted_models as (

    select
        weights.round_number,
        min(weights.model_key) as model_key

    from weights
    inner join rounds on weights.round_number = rounds.round_number
    group by all

),

stocks as (

    select
        if(ranks.is_neutral, 'neutral', 'signal') as stock_set,
        ranks.round_number,
        ranks.stock_key

    from ranks
    inner join ranked_models
        on
            ranks.is_neutral = ranked_models.is_neutral
            and ranks.round_number = ranked_models.round_number
            and ranks.model_key = ranked_models.model_key

    union all

    select
        'weight' as stock_set,
        weights.round_number,
        weights.stock_key

    from weights
    inner join weighted_models
        on
            weights.round_number = weighted_models.round_number
            and weights.model_key = weighted_models.model_key

)

select
    stock_set,
    round_number,
    stock_key,
    count(*) over (partition by stock_set, round_number) as stock_count

from stocks
