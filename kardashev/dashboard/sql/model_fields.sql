-- Grain: round_number. The model's newest score of each live round, beside where the field lay on that day.
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

),

own as (

    select *

    from scores
    where model_id = $model_id
    qualify row_number() over (partition by round_number order by score_day desc) = 1

),

fields as (

    select
        scores.round_number,
        quantile_cont(scores.value, [0.1, 0.5, 0.9]) as tenths,
        count(scores.value) as models

    from scores
    inner join own
        on scores.round_number = own.round_number and scores.score_day = own.score_day
    group by scores.round_number

)

select
    own.round_number,
    own.era_date,
    if(own.is_final, 'final', 'running') as state,
    own.value,
    own.percentile,
    own.staked_percentile,
    fields.tenths[1] as lowest_tenth,
    fields.tenths[2] as middle,
    fields.tenths[3] as highest_tenth,
    fields.models

from own
inner join fields on own.round_number = fields.round_number
order by own.round_number
