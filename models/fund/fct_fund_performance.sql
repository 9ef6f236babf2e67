{#
Grain: round_number, score_day. What the fund's portfolio of each round has returned by each day, before and
after costs, and since its first round; beside who staked, how much, and how well the meta model behind it
correlated.
#}
with

fund_returns as (

    select * from {{ ref('int_fund_returns') }}

),

records as (

    select * from {{ ref('int_fund_records') }}

),

stakes as (

    select * from {{ ref('fct_stakes') }}

),

meta_model_scores as (

    select * from {{ ref('int_meta_model_scores') }}

),

round_stakes as (

    select
        round_number,
        count(*) filter (where at_risk_nmr > 0) as staked_models,
        {{ exact_sum_of_amounts('at_risk_nmr') }} as at_risk_nmr

    from stakes
    group by all

),

newest_scores as (

    select *
    from meta_model_scores
    where meta_model = 'SWMM' and score_version = 'v1'
    qualify
        row_number() over (
            partition by round_number, score, target, score_day order by known_at desc
        ) = 1

),

swmm_scores as (

    select
        round_number,
        score_day,
        any_value(value) filter (where score = 'corr_v4') as swmm_corr_v4,
        any_value(value) filter (where score = 'ic_v2') as swmm_ic_v2

    from newest_scores
    group by all

)

select
    fund_returns.round_number,
    fund_returns.score_day,
    fund_returns.target,
    fund_returns.known_at,
    fund_returns.is_final,
    fund_returns.stocks_held,
    fund_returns.stocks_without_return,
    fund_returns.portfolio_return,
    fund_returns.turnover,
    fund_returns.trading_cost,
    fund_returns.net_return,
    fund_returns.capital_share,
    gross.cumulative_return,
    net.cumulative_return as net_cumulative_return,
    gross.drawdown,
    net.drawdown as net_drawdown,
    gross.rounds_one_year,
    gross.sharpe_one_year,
    net.sharpe_one_year as net_sharpe_one_year,
    coalesce(round_stakes.staked_models, 0) as staked_models,
    coalesce(round_stakes.at_risk_nmr, 0) as at_risk_nmr,
    swmm_scores.swmm_corr_v4,
    swmm_scores.swmm_ic_v2

from fund_returns
left join records as gross
    on
        fund_returns.is_final
        and fund_returns.round_number = gross.round_number
        and gross.series = 'gross'
left join records as net
    on
        fund_returns.is_final
        and fund_returns.round_number = net.round_number
        and net.series = 'net'
left join round_stakes on fund_returns.round_number = round_stakes.round_number
left join swmm_scores
    on
        fund_returns.round_number = swmm_scores.round_number
        and fund_returns.score_day = swmm_scores.score_day
