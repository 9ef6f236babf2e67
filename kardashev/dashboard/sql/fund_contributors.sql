-- Grain: model_id. Who contributes (mean TC of a year), and who is paid.
with

days as (

    select max(as_of_date) as newest

    from leaderboard_models

),

contributions as (

    select
        standings.model_id,
        standings.reputation

    from leaderboard_models as standings
    inner join days on standings.as_of_date = days.newest
    where standings.score = 'tc'

),

payouts as (

    select
        model_id,
        sum(payout_nmr) as payout_nmr,
        avg(at_risk_nmr) as mean_at_risk_nmr

    from fct_payouts
    where is_settled
    group by model_id

)

select
    coalesce(models.display_name, models.model_id) as model,
    models.account_id,
    contributions.reputation as mean_tc,
    coalesce(payouts.payout_nmr, 0) as payout_nmr,
    coalesce(payouts.mean_at_risk_nmr, 0) as mean_at_risk_nmr,
    models.model_id

from contributions
inner join dim_models as models on contributions.model_id = models.model_id
left join payouts on contributions.model_id = payouts.model_id
where contributions.reputation is not null
order by contributions.reputation desc, models.model_id asc
