-- Grain: round_number. The model's newest score of each live round, its running sum, and where the field lay.
with

scores as (

    select
        scores.*,
        rounds.era_date

    from fct_scores as scores
    inner join dim_rounds as rounds on scores.round_number = rounds.round_number
    where
        scores.score = $score
        and scores.score_version = $score_version
        and scores.target = $target
        and rounds.kind = 'live'
    qualify
        row_number() over (
            partition by scores.round_number, scores.model_id
            order by scores.score_day desc
        ) = 1

),

fields as (

    select
        round_number,
        quantile_cont(value, 0.1) as lowest_tenth,
        median(value) as middle,
        quantile_cont(value, 0.9) as highest_tenth,
        count(value) as models

    from scores
    group by round_number

)

select
    scores.round_number,
    scores.era_date,
    scores.score_day,
    if(scores.is_final, 'final', 'running') as state,
    scores.value,
    sum(scores.value) over (order by scores.round_number) as cumulative,
    scores.percentile,
    scores.staked_percentile,
    fields.lowest_tenth,
    fields.middle,
    fields.highest_tenth,
    fields.models,
    scores.null_reason

from scores
inner join fields on scores.round_number = fields.round_number
where scores.model_id = $model_id
order by scores.round_number
