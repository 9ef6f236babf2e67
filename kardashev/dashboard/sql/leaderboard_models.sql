-- Grain: model_id. The leaderboard of models on a day, by the reputation of one window.
with

standings as (

    select
        *,
        coalesce(display_name, model_id) as model,
        case $span
            when 'one_year' then reputation
            when 'three_months' then reputation_three_months
            else reputation_all_time
        end as span_reputation,
        case $span
            when 'one_year' then return_one_year
            when 'three_months' then return_three_months
            else return_all_time
        end as span_return,
        case $span
            when 'one_year' then payout_one_year_nmr
            when 'three_months' then payout_three_months_nmr
            else payout_all_time_nmr
        end as span_payout_nmr

    from leaderboard_models
    where score = $score and as_of_date = cast($as_of_date as date)

),

placed as (

    select
        *,
        case
            when $span = 'one_year' then rank
            when span_reputation is not null
                then rank() over (order by span_reputation desc nulls last)
        end as place

    from standings

)

select
    place as rank,
    if($span = 'one_year', previous_rank - rank, null) as places_gained,
    model,
    account_id,
    span_reputation as reputation,
    span_return as stake_return,
    span_payout_nmr as payout_nmr,
    round_count as rounds,
    stake_nmr,
    at_risk_nmr,
    model_id

from placed
where contains(lower(concat_ws(' ', model, model_id, account_id)), lower($search))
order by place nulls last, model_id
