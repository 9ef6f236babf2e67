{#
Grain: round_number, lag_round, model_key. Turnover: half the sum of absolute differences of a model's neutral weights,
each centred and divided by its L1 norm on its whole round, over the stocks that both rounds share. The weights are read twice, not copied.
#}
with

pair_overlaps as (

    select * from {{ ref('int_stability_overlaps') }}

),

weights as not materialized (

    select * from {{ ref('int_neutral_weights') }}

),

norms as (

    select * from {{ ref('int_weight_norms') }}

),

pairs as (

    select
        round_number,
        lag_round

    from pair_overlaps
    where is_comparable and stock_set = 'weight'

),

later_weights as (

    select
        weights.round_number,
        weights.model_key,
        weights.stock_key,
        (weights.weight - norms.mean_weight) / nullif(norms.weight_norm, 0) as weight

    from weights
    inner join norms
        on
            weights.round_number = norms.round_number
            and weights.model_key = norms.model_key
    where weights.round_number in (select pairs.round_number from pairs)

),

earlier_norms as (

    select
        pairs.round_number,
        pairs.lag_round,
        norms.model_key,
        norms.mean_weight,
        norms.weight_norm

    from pairs
    inner join norms on pairs.lag_round = norms.round_number

),

earlier_weights as (

    select
        earlier_norms.round_number,
        earlier_norms.lag_round,
        weights.model_key,
        weights.stock_key,
        (weights.weight - earlier_norms.mean_weight) / nullif(earlier_norms.weight_norm, 0)
            as weight

    from weights
    inner join earlier_norms
        on
            weights.round_number = earlier_norms.lag_round
            and weights.model_key = earlier_norms.model_key

)

select
    earlier_weights.round_number,
    earlier_weights.lag_round,
    earlier_weights.model_key,
    sum(abs(later_weights.weight - earlier_weights.weight)) / 2 as turnover

from earlier_weights
inner join later_weights
    on
        earlier_weights.round_number = later_weights.round_number
        and earlier_weights.model_key = later_weights.model_key
        and earlier_weights.stock_key = later_weights.stock_key
group by all
