-- Grain: part, low. How many models scored how much: thirty bins, of all and of those at risk.
with

scores as (

    select
        scores.value,
        coalesce(stakes.at_risk_nmr, 0) > 0 as is_at_risk

    from fct_scores as scores
    left join fct_stakes as stakes
        on scores.round_number = stakes.round_number and scores.model_id = stakes.model_id
    where
        scores.round_number = $round_number
        and scores.score = $score
        and scores.score_version = $score_version
        and scores.target = $target
        and scores.value is not null
    qualify
        row_number() over (
            partition by scores.model_id order by scores.score_day desc
        ) = 1

),

spans as (

    select
        min(value) as lowest,
        nullif(max(value) - min(value), 0) / 30 as width

    from scores

),

binned as (

    select
        scores.is_at_risk,
        coalesce(least(floor((scores.value - spans.lowest) / spans.width), 29), 0) as bin,
        spans.lowest,
        coalesce(spans.width, 0.0001) as width

    from scores
    cross join spans

)

select
    unnest(['all', 'at risk']) as part,
    lowest + bin * width as low,
    lowest + (bin + 1) * width as high,
    unnest([count(*), count(*) filter (where is_at_risk)]) as models

from binned
group by bin, lowest, width
order by low, part
