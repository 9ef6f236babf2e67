{#
Grain: is_neutral, round_number, lag_round, model_key. Churn: 1 − Spearman of a model's two signals on the stocks that
both rounds share, ranked there. Null where one of them is constant there. Doubled ranks of n stocks have the mean
n + 1.
#}
with

shared_ranks as (

    select * from {{ ref('int_shared_ranks') }}

),

sums as (

    select
        is_neutral,
        round_number,
        lag_round,
        model_key,
        sum(later_rank * earlier_rank) as xy,
        sum(later_rank * later_rank) as xx,
        sum(earlier_rank * earlier_rank) as yy,
        count(*) as n

    from shared_ranks
    group by all

),

centred as (

    select
        is_neutral,
        round_number,
        lag_round,
        model_key,
        xy - n * pow(n + 1, 2) as xy,
        xx - n * pow(n + 1, 2) as xx,
        yy - n * pow(n + 1, 2) as yy

    from sums

)

select
    is_neutral,
    round_number,
    lag_round,
    model_key,
    1 - xy / nullif(sqrt(xx * yy), 0) as churn

from centred
