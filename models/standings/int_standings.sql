{#
Grain: entrant_kind, entrant_id, score, as_of_date; due days. Ranks and reputations with the rank of the as-of date before,
stakes, streaks, badges, and returns: payouts, and Π (1 + payout / at risk) − 1, of rounds that closed in the year before
the day, in the three months before it, and ever; and by what became known in the last days.
#}
with

rankings as (

    select * from {{ ref('int_rankings') }}

),

running_sums as (

    select * from {{ ref('int_running_sums') }}

),

stakes as (

    select * from {{ ref('int_standing_stakes') }}

),

streaks as (

    select * from {{ ref('int_streaks') }}

),

badges as (

    select * from {{ ref('int_badges') }}

),

days as (

    select
        *,
        lag(as_of_date) over (order by as_of_date) as previous_date

    from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

sums as (

    select
        running_sums.entrant_kind,
        running_sums.entrant_id,
        running_sums.as_of_date,
        running_sums.measure,
        running_sums.reputation_window,
        cast(running_sums.value_sum as double) as value_sum

    from running_sums
    inner join days on running_sums.as_of_date = days.as_of_date
    where days.is_due and running_sums.measure in ('payout_nmr', 'log_return')

),

returns as (

    select
        entrant_kind,
        entrant_id,
        as_of_date,
        any_value(exp(value_sum) - 1) filter (
            where measure = 'log_return' and reputation_window = 'one_year'
        ) as return_one_year,
        any_value(value_sum) filter (
            where measure = 'payout_nmr' and reputation_window = 'one_year'
        ) as payout_one_year_nmr,
        any_value(exp(value_sum) - 1) filter (
            where measure = 'log_return' and reputation_window = 'three_months'
        ) as return_three_months,
        any_value(value_sum) filter (
            where measure = 'payout_nmr' and reputation_window = 'three_months'
        ) as payout_three_months_nmr,
        any_value(exp(value_sum) - 1) filter (
            where measure = 'log_return' and reputation_window = 'all_time'
        ) as return_all_time,
        any_value(value_sum) filter (
            where measure = 'payout_nmr' and reputation_window = 'all_time'
        ) as payout_all_time_nmr,
        any_value(exp(value_sum) - 1) filter (
            where measure = 'log_return' and reputation_window = 'one_day'
        ) as return_one_day,
        any_value(exp(value_sum) - 1) filter (
            where measure = 'log_return' and reputation_window = 'thirteen_weeks'
        ) as return_thirteen_weeks,
        any_value(exp(value_sum) - 1) filter (
            where measure = 'log_return' and reputation_window = 'fifty_two_weeks'
        ) as return_fifty_two_weeks

    from sums
    group by all

)

select
    rankings.* exclude (rank),
    cast(rankings.rank as integer) as rank,
    cast(former.rank as integer) as previous_rank,
    coalesce(stakes.stake_nmr, 0) as stake_nmr,
    coalesce(stakes.at_risk_nmr, 0) as at_risk_nmr,
    streaks.streak,
    cast(badges.best_rank as integer) as best_rank,
    badges.first_place_date,
    badges.top_ten_date,
    returns.return_one_day,
    returns.return_thirteen_weeks,
    returns.return_fifty_two_weeks,
    returns.return_one_year,
    returns.return_three_months,
    returns.return_all_time,
    returns.payout_one_year_nmr,
    returns.payout_three_months_nmr,
    returns.payout_all_time_nmr

from rankings
inner join days on rankings.as_of_date = days.as_of_date
left join rankings as former
    on
        rankings.entrant_kind = former.entrant_kind
        and rankings.entrant_id = former.entrant_id
        and rankings.score = former.score
        and days.previous_date = former.as_of_date
left join streaks
    on
        rankings.entrant_kind = streaks.entrant_kind
        and rankings.entrant_id = streaks.entrant_id
        and rankings.score = streaks.score
        and rankings.as_of_date = streaks.as_of_date
asof left join badges
    on
        rankings.entrant_kind = badges.entrant_kind
        and rankings.entrant_id = badges.entrant_id
        and rankings.score = badges.score
        and rankings.as_of_date >= badges.as_of_date
left join stakes
    on
        rankings.entrant_kind = stakes.entrant_kind
        and rankings.entrant_id = stakes.entrant_id
        and rankings.as_of_date = stakes.as_of_date
left join returns
    on
        rankings.entrant_kind = returns.entrant_kind
        and rankings.entrant_id = returns.entrant_id
        and rankings.as_of_date = returns.as_of_date
where days.is_due
