{# Grain: model_id, as_of_date, score. Standings of models, of each day on which final scores became known. #}
with

standings as (

    select * from {{ ref('int_standings') }}

),

returns as (

    select * from {{ ref('int_returns') }}

),

models as (

    select * from {{ ref('dim_models') }}

)

select
    standings.entrant_id as model_id,
    models.account_id,
    models.display_name,
    standings.as_of_date,
    standings.score,
    standings.rank,
    standings.previous_rank,
    standings.reputation,
    standings.reputation_three_months,
    standings.reputation_all_time,
    standings.round_count,
    standings.stake_nmr,
    standings.at_risk_nmr,
    returns.return_one_year,
    returns.return_three_months,
    returns.return_all_time,
    returns.payout_one_year_nmr,
    returns.payout_three_months_nmr,
    returns.payout_all_time_nmr

from standings
left join models on standings.entrant_id = models.model_id
left join returns
    on
        standings.entrant_kind = returns.entrant_kind
        and standings.entrant_id = returns.entrant_id
        and standings.as_of_date = returns.as_of_date
where standings.entrant_kind = 'model'
