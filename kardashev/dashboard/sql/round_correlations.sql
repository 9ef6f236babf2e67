-- Grain: one, other. Correlation of the round's ten largest stakes: of their final scores over sixty rounds.
with

largest as (

    select model_id

    from fct_stakes
    where round_number = $round_number and stake_nmr > 0
    order by stake_nmr desc, model_id asc
    limit 10

),

last_rounds as (

    select round_number

    from dim_rounds
    where round_number <= $round_number and kind = 'live'
    order by round_number desc
    limit 60

),

scores as (

    select
        scores.round_number,
        scores.model_id,
        coalesce(models.display_name, scores.model_id) as model,
        scores.value

    from fct_scores as scores
    inner join largest on scores.model_id = largest.model_id
    inner join last_rounds on scores.round_number = last_rounds.round_number
    left join dim_models as models on scores.model_id = models.model_id
    where
        scores.score = $score
        and scores.score_version = $score_version
        and scores.target = $target
        and scores.is_final
        and scores.value is not null

)

select
    one.model,
    other.model as other_model,
    corr(one.value, other.value) as correlation,
    count(*) as rounds,
    one.model_id,
    other.model_id as other_model_id

from scores as one
inner join scores as other on one.round_number = other.round_number
group by one.model_id, one.model, other.model_id, other.model
having count(*) >= 3
order by one.model, other.model
