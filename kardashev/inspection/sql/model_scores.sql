-- Grain: round_number, score, score_version, target. A model's newest scores: of one round, or of the newest live ones;
-- official ones, or every version of one score.
with

scores as (

    select
        scores.*,
        rounds.era_date

    from fct_scores as scores
    inner join dim_rounds as rounds on scores.round_number = rounds.round_number
    where
        scores.model_id = $model_id
        and if($score is null, scores.is_canon, scores.score = $score)
        and if($round_number is null, rounds.kind = 'live', scores.round_number = $round_number)

),

newest as (

    select *

    from scores
    qualify
        row_number() over (
            partition by round_number, score, score_version, target order by score_day desc
        ) = 1
        and dense_rank() over (order by round_number desc) <= $last

)

select
    round_number,
    era_date,
    score,
    score_version,
    target,
    score_day,
    if(is_final, 'final', 'running') as state,
    value,
    percentile,
    staked_percentile,
    null_reason

from newest
order by round_number desc, score asc, score_version asc, target asc
