-- Grain: account or model. The newest leaderboard under numerapi's names (get_account_leaderboard), ranked by one score;
-- benchmarks and examples have no rank and are left out.
with

entrants as (

    select
        account_id as username,
        account_id as display_name,
        'accounts' as whose,
        * exclude (account_id)

    from leaderboard_accounts

    union all by name

    select
        model_id as username,
        display_name,
        'models' as whose,
        * exclude (model_id, account_id, display_name, is_ranked)

    from leaderboard_models
    where is_ranked

),

asked as (

    select * from entrants
    where whose = $whose

),

newest_day as (

    select max(as_of_date) as as_of_date
    from asked

),

newest as (

    select asked.*
    from asked
    semi join newest_day on asked.as_of_date = newest_day.as_of_date

),

pivoted as (

    select
        username,
        any_value(display_name) as display_name,
        max(rank) filter (where score = $score) as rank,
        max(previous_rank) filter (where score = $score) as prev_rank,
        any_value(stake_nmr) as nmr_staked,
        max(reputation) filter (where score = 'corr') as v2_corr20,
        max(reputation) filter (where score = 'corr_v4') as corr_v4,
        max(reputation) filter (where score = 'fnc_v3') as fnc_v3,
        max(reputation) filter (where score in ('fnc', 'fnc_v4')) as fnc_v4,
        max(reputation) filter (where score = 'ic_v2') as ic_v2,
        max(reputation) filter (where score = 'ric') as ric,
        max(reputation) filter (where score = 'mmc') as mmc,
        max(reputation) filter (where score = 'bmc') as bmc,
        max(reputation) filter (where score = 'tc') as tc,
        max(reputation) filter (where score = 'alpha') as alpha,
        max(reputation) filter (where score = 'mpc') as mpc,
        any_value(return_three_months) as return_3m,
        any_value(return_one_year) as return_1y,
        any_value(return_all_time) as return_all_time,
        any_value(payout_three_months_nmr) as return_3m_nmr,
        any_value(payout_one_year_nmr) as return_1y_nmr,
        any_value(payout_all_time_nmr) as return_all_time_nmr

    from newest
    group by username

)

select * from pivoted
order by rank asc nulls last, username asc
