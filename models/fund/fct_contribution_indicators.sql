{#
Grain: round_number, metric. Which score goes with True Contribution: Spearman over models of the final
value of every other official series with it, by round, and its mean over a year. Ranks are whole numbers,
doubled, so sums are exact.
#}
with

scores as (

    select * from {{ ref('fct_scores') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

final_scores as (

    select
        round_number,
        model_id,
        metric,
        score,
        score_version,
        {{ comparable_score('value') }} as value

    from scores
    where is_final and metric is not null and value is not null

),

paired as (

    select
        final_scores.round_number,
        final_scores.metric,
        final_scores.score,
        final_scores.score_version,
        {{ doubled_rank('by_value') }} as score_rank,
        {{ doubled_rank('by_tc') }} as tc_rank

    from final_scores
    inner join final_scores as contributions
        on
            final_scores.round_number = contributions.round_number
            and final_scores.model_id = contributions.model_id
    where final_scores.metric != 'tc' and contributions.metric = 'tc'
    window
        by_value as (
            partition by final_scores.round_number, final_scores.metric
            order by final_scores.value
        ),
        by_tc as (
            partition by final_scores.round_number, final_scores.metric
            order by contributions.value
        )

),

sums as (

    select
        round_number,
        metric,
        score,
        score_version,
        count(*) as n,
        cast(sum(cast(score_rank as hugeint) * tc_rank) as double) as xy,
        cast(sum(cast(score_rank as hugeint) * score_rank) as double) as xx,
        cast(sum(cast(tc_rank as hugeint) * tc_rank) as double) as yy

    from paired
    group by all

),

correlated as (

    select
        sums.round_number,
        rounds.close_at,
        sums.metric,
        sums.score,
        sums.score_version,
        sums.n,
        -- The mean of doubled ranks is n + 1.
        (sums.xy - sums.n * (sums.n + 1) * (sums.n + 1))
        / sqrt(nullif(
            (sums.xx - sums.n * (sums.n + 1) * (sums.n + 1))
            * (sums.yy - sums.n * (sums.n + 1) * (sums.n + 1)),
            0
        )) as spearman

    from sums
    inner join rounds on sums.round_number = rounds.round_number

),

years as (

    select
        correlated.round_number,
        correlated.metric,
        count(others.spearman) as rounds_one_year,
        {{ exact_sum('others.spearman') }} / nullif(count(others.spearman), 0)
            as mean_spearman_one_year

    from correlated
    inner join correlated as others
        on
            correlated.metric = others.metric
            and others.close_at <= correlated.close_at
            and others.close_at > correlated.close_at - to_years(1)
    group by all

)

select
    correlated.round_number,
    correlated.metric,
    correlated.score,
    correlated.score_version,
    correlated.spearman,
    correlated.n as model_count,
    years.mean_spearman_one_year,
    years.rounds_one_year,
    rank() over (
        partition by correlated.round_number
        order by {{ comparable_score('years.mean_spearman_one_year') }} desc nulls last
    ) as place_one_year

from correlated
inner join years
    on
        correlated.round_number = years.round_number
        and correlated.metric = years.metric
