{#
Grain: round_number, meta_model, lag_round. Turnover of the portfolios that meta models are: half the sum of absolute
differences on the stocks that both rounds share. Null where too few are.
#}
with

due as (

    select * from {{ ref('int_meta_stability_due') }}

),

windows as (

    select windows.*
    from {{ ref('int_round_windows') }} as windows
    inner join due on windows.round_number = due.round_number

),

rounds_compared as (

    select round_number from windows
    union
    select lag_round from windows

),

weights as (

    select
        meta_models.round_number,
        meta_models.meta_model,
        meta_models.stock_key,
        meta_models.portfolio_weight as weight

    from {{ ref('int_meta_models') }} as meta_models
    semi join rounds_compared on meta_models.round_number = rounds_compared.round_number
    where meta_models.portfolio_weight is not null

),

sizes as (

    select
        round_number,
        meta_model,
        count(*) as stock_count

    from weights
    group by all

),

moved as (

    select
        windows.round_number,
        weights.meta_model,
        windows.lag_round,
        any_value(windows.minimum_overlap) as minimum_overlap,
        count(*) as shared_count,
        sum(abs(weights.weight - earlier_weights.weight)) / 2 as turnover

    from windows
    inner join weights on windows.round_number = weights.round_number
    inner join weights as earlier_weights
        on
            windows.lag_round = earlier_weights.round_number
            and weights.meta_model = earlier_weights.meta_model
            and weights.stock_key = earlier_weights.stock_key
    group by all

)

select
    moved.round_number,
    moved.meta_model,
    moved.lag_round,
    case
        when
            moved.shared_count
            >= moved.minimum_overlap * greatest(sizes.stock_count, earlier_sizes.stock_count)
            then moved.turnover
    end as turnover

from moved
inner join sizes
    on
        moved.round_number = sizes.round_number
        and moved.meta_model = sizes.meta_model
inner join sizes as earlier_sizes
    on
        moved.lag_round = earlier_sizes.round_number
        and moved.meta_model = earlier_sizes.meta_model
