{#
Grain: round_number, target, score_day, known_at, has_target_power, model_key. CORR: Pearson of
pow15(gauss(rank)) with the target, centred over all its stocks, raised to the power where the score's row
says so. The target is divided by its largest value first, which no correlation feels, so that sums stay in
range.
#}
with

scores_due as (

    select * from {{ ref('int_scores_due') }}

),

targets as (

    select * from {{ ref('int_target_values') }}

),

signals as (

    select * from {{ ref('int_scored_signals') }}

),

quantiles as (

    select * from {{ ref('int_normal_quantiles') }}

),

wanted as (

    select distinct
        round_number,
        target,
        score_day,
        known_at,
        has_target_power,
        coverage_id,
        stock_count,
        target_mean

    from scores_due
    where family = 'correlation' and not is_constant

),

centred as (

    select
        wanted.*,
        targets.stock_key,
        case
            when wanted.has_target_power
                then {{ pow15('(targets.value - wanted.target_mean)') }}
            else targets.value - wanted.target_mean
        end as target_value

    from wanted
    inner join targets using (round_number, target, score_day, known_at)

),

scaled as (

    select
        * replace (
            target_value / nullif(max(abs(target_value)) over (
                partition by round_number, target, score_day, known_at, has_target_power
            ), 0) as target_value
        )

    from centred

),

sums as (

    select
        scaled.round_number,
        scaled.target,
        scaled.score_day,
        scaled.known_at,
        scaled.has_target_power,
        signals.model_key,
        count(*) as n,
        {{ exact_sum('quantiles.gaussian_pow15') }} as x,
        {{ exact_sum('scaled.target_value') }} as y,
        {{ exact_sum('quantiles.gaussian_pow15 * quantiles.gaussian_pow15') }} as xx,
        {{ exact_sum('scaled.target_value * scaled.target_value') }} as yy,
        {{ exact_sum('quantiles.gaussian_pow15 * scaled.target_value') }} as xy

    from scaled
    inner join signals
        on
            scaled.round_number = signals.round_number
            and scaled.coverage_id = signals.coverage_id
            and scaled.stock_key = signals.stock_key
    inner join quantiles
        on
            scaled.stock_count = quantiles.stock_count
            and signals.doubled_rank = quantiles.doubled_rank
    group by all

)

select
    round_number,
    target,
    score_day,
    known_at,
    has_target_power,
    model_key,
    (n * xy - x * y) / sqrt(
        nullif(greatest(n * xx - x * x, 0), 0) * nullif(greatest(n * yy - y * y, 0), 0)
    ) as value

from sums
