-- Grain: round_number. How near the nearest other model is, and the largest exposure to a factor.
with

scores as (

    select *

    from fct_scores
    where
        model_id = $model_id
        and score in ('mcwsm', 'apcwsm', 'cwmm', 'max_exposure', 'rms_exposure')
        and score_version = 'v1'
        and target = 'none'

),

pivoted as (

    select
        round_number,
        max(value) filter (where score = 'mcwsm') as nearest_correlation,
        max(attained_by) filter (where score = 'mcwsm') as nearest_model_id,
        max(value) filter (where score = 'apcwsm') as mean_correlation,
        max(value) filter (where score = 'cwmm') as meta_model_correlation,
        max(value) filter (where score = 'max_exposure') as largest_exposure,
        max(attained_by) filter (where score = 'max_exposure') as largest_exposure_factor,
        max(value) filter (where score = 'rms_exposure') as rms_exposure

    from scores
    group by round_number

)

select
    pivoted.round_number,
    rounds.era_date,
    pivoted.nearest_correlation,
    coalesce(models.display_name, pivoted.nearest_model_id) as nearest_model,
    pivoted.mean_correlation,
    pivoted.meta_model_correlation,
    pivoted.largest_exposure,
    pivoted.largest_exposure_factor,
    pivoted.rms_exposure,
    pivoted.nearest_model_id

from pivoted
inner join dim_rounds as rounds on pivoted.round_number = rounds.round_number
left join dim_models as models on pivoted.nearest_model_id = models.model_id
where rounds.kind = 'live'
order by pivoted.round_number
