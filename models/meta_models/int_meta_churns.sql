{#
Grain: round_number, meta_model, lag_round. Churn of meta models: 1 − Spearman on the stocks that both rounds share. Null
where too few are shared, or one of the two is constant there.
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

meta_models as (

    select meta_models.*
    from {{ ref('int_meta_models') }} as meta_models
    semi join rounds_compared on meta_models.round_number = rounds_compared.round_number

),

sizes as (

    select
        round_number,
        meta_model,
        count(*) as stock_count

    from meta_models
    group by all

),

shared as (

    select
        windows.round_number,
        windows.lag_round,
        windows.minimum_overlap,
        meta_models.meta_model,
        meta_models.value,
        earlier_models.value as earlier_value

    from windows
    inner join meta_models on windows.round_number = meta_models.round_number
    inner join meta_models as earlier_models
        on
            windows.lag_round = earlier_models.round_number
            and meta_models.meta_model = earlier_models.meta_model
            and meta_models.stock_key = earlier_models.stock_key

),

ranked as (

    select
        round_number,
        lag_round,
        meta_model,
        minimum_overlap,
        {{ doubled_rank('values_in_order') }} as doubled_rank,
        {{ doubled_rank('earlier_in_order') }} as earlier_rank

    from shared
    window
        values_in_order as (
            partition by round_number, lag_round, meta_model order by value
        ),
        earlier_in_order as (
            partition by round_number, lag_round, meta_model order by earlier_value
        )

),

correlated as (

    select
        round_number,
        meta_model,
        lag_round,
        any_value(minimum_overlap) as minimum_overlap,
        count(*) as shared_count,
        1 - corr(doubled_rank, earlier_rank) as churn

    from ranked
    group by all

)

select
    correlated.round_number,
    correlated.meta_model,
    correlated.lag_round,
    case
        when
            correlated.shared_count
            >= correlated.minimum_overlap * greatest(sizes.stock_count, earlier_sizes.stock_count)
            and isfinite(correlated.churn)
            then correlated.churn
    end as churn

from correlated
inner join sizes
    on
        correlated.round_number = sizes.round_number
        and correlated.meta_model = sizes.meta_model
inner join sizes as earlier_sizes
    on
        correlated.lag_round = earlier_sizes.round_number
        and correlated.meta_model = earlier_sizes.meta_model
