{#
Grain: model_id, metric, score, score_version, target, compared_with; due models. What every statistic of a figure over eras
needs. Terms are added in the order of eras, so that a sum has the same digits whatever the number of threads. The
autocorrelation is of pairs of neighbouring eras that both have a value.
#}
with

series as (

    select * from {{ ref('int_diagnostic_series') }}

),

moments as (

    select
        model_id,
        metric,
        score,
        score_version,
        target,
        compared_with,
        any_value(factor_set) as factor_set,
        bool_or(is_return) as is_return,
        count(value) as n,
        avg(value order by era_number) as mean,
        stddev_pop(value order by era_number) as deviation,
        count(*) filter (where value > 0) / nullif(count(value), 0) as share_positive,
        min(value) as smallest,
        max(value) as largest,
        arg_min(round_number, ({{ comparable_score('value') }}, era_number))
        filter (where value is not null) as smallest_round,
        arg_max(round_number, ({{ comparable_score('value') }}, -era_number))
        filter (where value is not null) as largest_round,
        arg_min_null(attained_by, ({{ comparable_score('value') }}, era_number))
        filter (where value is not null) as smallest_by,
        arg_max_null(attained_by, ({{ comparable_score('value') }}, -era_number))
        filter (where value is not null) as largest_by,
        {{ comparable_score('min(value)') }} = {{ comparable_score('max(value)') }} as is_constant,
        count(value + former_value) as pair_count,
        if(
            {{ comparable_score('stddev_pop(value) filter (where former_value is not null)') }} > 0
            and {{ comparable_score('stddev_pop(former_value) filter (where value is not null)') }}
            > 0,
            corr(value, former_value order by era_number),
            null
        ) as autocorrelation,
        min(null_reason) as null_reason

    from series
    group by all

),

lags as (

    select
        *,
        unnest(range(1, greatest(n, 2))) as lag

    from moments
    where autocorrelation is not null

),

penalties as (

    select
        model_id,
        metric,
        score,
        score_version,
        target,
        compared_with,
        1 + 2 * sum((n - lag) / n * pow(autocorrelation, lag) order by lag) as penalty_squared

    from lags
    group by all

)

select
    moments.*,
    penalties.penalty_squared,
    if(penalties.penalty_squared > 1e-12, sqrt(penalties.penalty_squared), null) as penalty

from moments
left join penalties
    using (model_id, metric, score, score_version, target, compared_with)
