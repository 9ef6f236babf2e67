{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, metric, other_metric, reputation_window; each pair of official series once, in the order of their
names. The rank correlation of the pair over models, and its mean over the rounds that closed in the window up to
this round's close.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

correlations as (

    select * from {{ ref('int_score_correlations') }}

),

windows as (

    select * from {{ ref('reputation_windows') }}

),

first_due as (

    select min(close_at) as close_at
    from results_due
    where is_after

),

window_lengths as (

    select
        reputation_window,
        {{ window_length('months') }} as window_length

    from windows

),

windowed as (

    select
        correlations.*,
        results_due.close_at,
        results_due.is_after,
        window_lengths.reputation_window,
        window_lengths.window_length,
        cast(correlations.spearman as decimal(18, 15)) as term,
        cast(correlations.spearman * correlations.spearman as decimal(18, 15)) as square

    from correlations
    inner join results_due on correlations.round_number = results_due.round_number
    cross join window_lengths
    inner join first_due
        on results_due.close_at >= first_due.close_at - window_lengths.window_length

),

running as (

    select
        * exclude (known_at, term, square),
        max(known_at) over up_to_here as known_at,
        count(spearman) over up_to_here as n,
        count(*) filter (where spearman > 0) over up_to_here as positive_rounds,
        cast(sum(term) over up_to_here as double) as total,
        cast(sum(square) over up_to_here as double) as total_of_squares

    from windowed
    window
        up_to_here as (
            partition by metric, other_metric, reputation_window
            order by close_at
            range between window_length preceding and current row
        )

)

select
    round_number,
    metric,
    other_metric,
    reputation_window,
    score,
    score_version,
    other_score,
    other_version,
    known_at,
    spearman,
    model_count,
    n as round_count,
    total / nullif(n, 0) as mean_spearman,
    case
        when n > 1 then sqrt(greatest(total_of_squares - total * total / n, 0) / (n - 1))
    end as spearman_deviation,
    positive_rounds / nullif(n, 0) as positive_share

from running
where is_after
