{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, reputation_window; final rounds. The size of the fund at which its mean return after all costs is zero, over
the rounds that closed in the window up to this round's close. The mean is a − b√size, so this is (a / b)².
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

returns as (

    select * from {{ ref('int_fund_returns') }}

),

impacts as (

    select * from {{ ref('int_portfolio_impacts') }}

),

windows as (

    select * from {{ ref('reputation_windows') }}

),

first_due as (

    select min(close_at) as close_at
    from results_due
    where is_after

),

window_lengths as (

    select
        reputation_window,
        {{ window_length('months') }} as window_length

    from windows

),

final_returns as (

    select
        returns.round_number,
        returns.close_at,
        returns.known_at,
        window_lengths.reputation_window,
        window_lengths.window_length,
        results_due.is_after,
        cast(returns.net_return as decimal(38, 18)) as net_return,
        cast(impacts.impact_per_root_usd as decimal(38, 18)) as impact_per_root_usd

    from returns
    inner join results_due on returns.round_number = results_due.round_number
    inner join impacts on returns.round_number = impacts.round_number
    cross join window_lengths
    inner join first_due
        on returns.close_at >= first_due.close_at - window_lengths.window_length
    where returns.is_final and returns.net_return is not null

),

running as (

    select
        round_number,
        reputation_window,
        is_after,
        max(known_at) over up_to_here as known_at,
        count(*) over up_to_here as round_count,
        cast(sum(net_return) over up_to_here as double) as net_returns,
        cast(sum(impact_per_root_usd) over up_to_here as double) as impacts

    from final_returns
    window
        up_to_here as (
            partition by reputation_window
            order by close_at
            range between window_length preceding and current row
        )

)

select
    round_number,
    reputation_window,
    known_at,
    round_count,
    net_returns / round_count as mean_net_return,
    impacts / round_count as mean_impact_per_root_usd,
    pow(greatest(net_returns, 0) / nullif(impacts, 0), 2) as capacity_usd

from running
where is_after
