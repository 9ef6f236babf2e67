-- Grain: model_id. Models whose rank by TC is far above their rank by correlation, newest day.
with

days as (

    select max(as_of_date) as newest

    from fct_underrated_models

)

select
    coalesce(models.display_name, underrated.model_id) as model,
    underrated.account_id,
    underrated.mean_tc,
    underrated.tc_percentile,
    underrated.mean_corr,
    underrated.corr_percentile,
    underrated.percentile_gap,
    underrated.round_count as rounds,
    underrated.stake_nmr,
    underrated.as_of_date,
    underrated.model_id

from fct_underrated_models as underrated
inner join days on underrated.as_of_date = days.newest
left join dim_models as models on underrated.model_id = models.model_id
order by underrated.percentile_gap desc, underrated.model_id asc
