{#
Grain: round_number, lag_round, model_key. Turnover: half the sum of absolute differences of a model's neutral weights,
each centred and divided by its L1 norm on its whole round, over the stocks that both rounds share.
#}
with

pair_overlaps as (

    select * from {{ ref('int_stability_overlaps') }}

),

weights as (

    select * from {{ ref('int_neutral_weights') }}

),

norms as (

    select * from {{ ref('int_weight_norms') }}

),

pairs as (

    select
        pair_overlaps.round_number,
        pair_overlaps.lag_round,
        norms.model_key,
        norms.mean_weight,
        norms.weight_norm,
        earlier_norms.mean_weight as earlier_mean,
        earlier_norms.weight_norm as earlier_norm

    from pair_overlaps
    inner join norms on pair_overlaps.round_number = norms.round_number
    inner join norms as earlier_norms
        on
            pair_overlaps.lag_round = earlier_norms.round_number
            and norms.model_key = earlier_norms.model_key
    where pair_overlaps.is_comparable and pair_overlaps.stock_set = 'weight'

),

later_weights as (

    select weights.*
    from weights
    semi join pairs on weights.round_number = pairs.round_number

),

earlier_weights as (

    select
        pairs.*,
        weights.stock_key,
        weights.weight

    from weights
    inner join pairs
        on
            weights.round_number = pairs.lag_round
            and weights.model_key = pairs.model_key

)

select
    earlier_weights.round_number,
    earlier_weights.lag_round,
    earlier_weights.model_key,
    sum(abs(
        (later_weights.weight - earlier_weights.mean_weight)
        / nullif(earlier_weights.weight_norm, 0)
        - (earlier_weights.weight - earlier_weights.earlier_mean)
        / nullif(earlier_weights.earlier_norm, 0)
    )) / 2 as turnover

from earlier_weights
inner join later_weights
    on
        earlier_weights.round_number = later_weights.round_number
        and earlier_weights.model_key = later_weights.model_key
        and earlier_weights.stock_key = later_weights.stock_key
group by all
