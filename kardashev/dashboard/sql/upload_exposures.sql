-- Grain: quarter, factor. In how many eras of a quarter a factor was the largest exposure, and how large.
select
    date_trunc('quarter', rounds.era_date) as quarter,
    scores.attained_by as factor,
    count(*) as eras,
    avg(scores.value) as mean_exposure,
    max(scores.value) as largest_exposure

from fct_scores as scores
inner join dim_rounds as rounds on scores.round_number = rounds.round_number
where
    scores.model_id = $model_id
    and scores.score = 'max_exposure'
    and scores.attained_by is not null
    and rounds.kind = 'validation'
group by all
order by quarter, factor
