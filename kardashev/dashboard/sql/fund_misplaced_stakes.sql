-- Grain: model_id. Stakes on a model that contributes less than another of its account, newest day.
with

days as (

    select max(as_of_date) as newest

    from fct_misplaced_stakes

)

select
    coalesce(models.display_name, misplaced.model_id) as model,
    misplaced.account_id,
    misplaced.stake_nmr,
    misplaced.stake_share,
    misplaced.mean_tc,
    coalesce(better.display_name, misplaced.better_model_id) as better_model,
    misplaced.better_mean_tc,
    misplaced.better_stake_nmr,
    misplaced.shortfall,
    misplaced.as_of_date,
    misplaced.model_id

from fct_misplaced_stakes as misplaced
inner join days on misplaced.as_of_date = days.newest
left join dim_models as models on misplaced.model_id = models.model_id
left join dim_models as better on misplaced.better_model_id = better.model_id
order by misplaced.shortfall desc, misplaced.model_id asc
