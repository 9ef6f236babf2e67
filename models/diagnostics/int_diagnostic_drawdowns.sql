{#
Grain: model_id, metric, score, score_version, target, compared_with; due models. The largest fall of Π(1 + value) from its
peak, the start among the peaks, and the era in which it is reached; of figures that compound.
#}
with

series as (

    select * from {{ ref('int_diagnostic_series') }}

),

falls as (

    select
        model_id,
        metric,
        score,
        score_version,
        target,
        compared_with,
        round_number,
        era_number,
        greatest(
            max(log_wealth) over (
                partition by model_id, metric, score, score_version, target, compared_with
                order by era_number
            ),
            0
        ) - log_wealth as log_fall

    from series
    where is_return and value is not null

)

select
    model_id,
    metric,
    score,
    score_version,
    target,
    compared_with,
    1 - exp(-cast(max(log_fall) as double)) as max_drawdown,
    arg_max(round_number, (log_fall, -era_number)) as attained_round

from falls
group by all
