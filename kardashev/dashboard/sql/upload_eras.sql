-- Grain: era_date. The upload's final scores by era, their running sum, and the drawdown of Π (1 + score).
with

scores as (

    select
        rounds.era_date,
        scores.round_number,
        scores.value,
        scores.percentile

    from fct_scores as scores
    inner join dim_rounds as rounds on scores.round_number = rounds.round_number
    where
        scores.model_id = $model_id
        and scores.score = $score
        and scores.score_version = $score_version
        and scores.target = $target
        and scores.is_final
        and scores.value is not null
        and rounds.kind = 'validation'

),

summed as (

    select
        *,
        sum(value) over (order by era_date, round_number) as cumulative,
        exp(sum(ln(greatest(1 + value, 1e-12))) over (order by era_date, round_number)) as wealth

    from scores

)

select
    era_date,
    round_number,
    value,
    cumulative,
    wealth / greatest(max(wealth) over (order by era_date, round_number), 1) - 1 as drawdown,
    percentile

from summed
order by era_date, round_number
