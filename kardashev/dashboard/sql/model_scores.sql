-- Grain: round_number. The model's newest score of each live round, and their running sum.
with

scores as (

    select
        scores.*,
        rounds.era_date

    from fct_scores as scores
    inner join dim_rounds as rounds on scores.round_number = rounds.round_number
    where
        scores.model_id = $model_id
        and scores.score = $score
        and scores.score_version = $score_version
        and scores.target = $target
        and rounds.kind = 'live'
    qualify
        row_number() over (
            partition by scores.round_number order by scores.score_day desc
        ) = 1

)

select
    round_number,
    era_date,
    score_day,
    if(is_final, 'final', 'running') as state,
    value,
    sum(value) over (order by round_number) as cumulative,
    percentile,
    staked_percentile,
    null_reason

from scores
order by round_number
