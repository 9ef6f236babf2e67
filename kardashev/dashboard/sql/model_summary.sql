-- Grain: one row. Who the model is, where it stands, and what it earned.
with

days as (

    select max(as_of_date) as newest

    from leaderboard_models

),

standings as (

    select standings.*

    from leaderboard_models as standings
    inner join days on standings.as_of_date = days.newest
    where standings.model_id = $model_id and standings.score = $score

),

types as (

    select
        model_id,
        kardashev_type

    from fct_signal_types
    where model_id = $model_id
    qualify row_number() over (order by as_of_date desc) = 1

),

payouts as (

    select
        model_id,
        sum(payout_nmr) filter (where is_settled) as settled_nmr,
        sum(pending_nmr) as pending_nmr

    from fct_payouts
    where model_id = $model_id
    group by model_id

),

stakes as (

    select
        model_id,
        stake_nmr,
        at_risk_nmr,
        zeroed_reason

    from fct_stakes
    where model_id = $model_id
    qualify row_number() over (order by round_number desc) = 1

)

select
    coalesce(models.display_name, models.model_id) as model,
    models.account_id,
    models.is_benchmark,
    types.kardashev_type,
    standings.rank,
    standings.reputation,
    stakes.stake_nmr,
    stakes.at_risk_nmr,
    stakes.zeroed_reason,
    payouts.settled_nmr,
    payouts.pending_nmr

from dim_models as models
left join standings on models.model_id = standings.model_id
left join types on models.model_id = types.model_id
left join payouts on models.model_id = payouts.model_id
left join stakes on models.model_id = stakes.model_id
where models.model_id = $model_id
