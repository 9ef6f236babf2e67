-- Grain: age_in_rounds. Mean final score by tens of live rounds since the model's first one: is it decaying?
with

scores as (

    select
        scores.value,
        row_number() over (order by scores.round_number) as age

    from fct_scores as scores
    inner join dim_rounds as rounds on scores.round_number = rounds.round_number
    where
        scores.model_id = $model_id
        and scores.score = $score
        and scores.score_version = $score_version
        and scores.target = $target
        and scores.is_final
        and scores.value is not null
        and rounds.kind = 'live'

)

select
    (age - 1) // 10 * 10 + 1 as from_round,
    count(*) as rounds,
    avg(value) as mean_score,
    stddev_samp(value) / sqrt(count(*)) as standard_error,
    mean_score - 1.96 * standard_error as low,
    mean_score + 1.96 * standard_error as high

from scores
group by from_round
order by from_round
