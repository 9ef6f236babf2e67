-- Grain: model_id. The round's newest scores of one series, and whose stake was at risk.
with

scores as (

    select *

    from fct_scores
    where
        round_number = $round_number
        and score = $score
        and score_version = $score_version
        and target = $target
    qualify row_number() over (partition by model_id order by score_day desc) = 1

)

select
    coalesce(models.display_name, scores.model_id) as model,
    models.account_id,
    scores.value,
    scores.percentile,
    scores.staked_percentile,
    if(scores.is_final, 'final', 'running') as state,
    scores.score_day,
    coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr,
    scores.null_reason,
    scores.model_id

from scores
left join dim_models as models on scores.model_id = models.model_id
left join fct_stakes as stakes
    on scores.round_number = stakes.round_number and scores.model_id = stakes.model_id
order by scores.value desc nulls last, scores.model_id asc
