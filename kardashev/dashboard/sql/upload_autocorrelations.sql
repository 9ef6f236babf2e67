-- Grain: lag. Correlation of an era's score with that of so many eras before.
with

scores as (

    select
        scores.value,
        row_number() over (order by rounds.era_date, scores.round_number) as place

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

lags as (

    select unnest(range(1, 13)) as lag_eras

)

select
    lags.lag_eras,
    corr(later.value, earlier.value) as autocorrelation,
    count(*) as eras

from lags
cross join scores as later
inner join scores as earlier on earlier.place = later.place - lags.lag_eras
group by lags.lag_eras
having count(*) >= 3 and isfinite(autocorrelation)
order by lags.lag_eras
