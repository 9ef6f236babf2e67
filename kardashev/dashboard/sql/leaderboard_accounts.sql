-- Grain: account_id. The leaderboard of accounts on a day, by the reputation of one window.
with

standings as (

    select
        *,
        account_id as account,
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

    from leaderboard_accounts
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
    account,
    span_reputation as reputation,
    span_return as stake_return,
    span_payout_nmr as payout_nmr,
    round_count as rounds,
    stake_nmr,
    at_risk_nmr

from placed
where contains(lower(account), lower($search))
order by place nulls last, account_id
