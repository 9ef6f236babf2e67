{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, score_day. What the fund's portfolio of each round has returned by each day, before and
after costs, and since its first round; beside who staked, how much, and how well the meta model behind it
correlated.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

returns as (

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

fund_scores as (

    select * from {{ ref('fund_scores') }}

),

fund_returns as (

    select returns.*
    from returns
    inner join results_due on returns.round_number = results_due.round_number
    where results_due.is_after

),

round_stakes as (

    select
        stakes.round_number,
        count(*) filter (where stakes.at_risk_nmr > 0) as staked_models,
        {{ exact_sum_of_amounts('stakes.at_risk_nmr') }} as at_risk_nmr,
        {{ exact_sum_of_amounts('stakes.stake_nmr') }} as stake_nmr

    from stakes
    inner join results_due on stakes.round_number = results_due.round_number
    where results_due.is_after
    group by all

),

scores_due as (

    select
        meta_model_scores.round_number,
        meta_model_scores.score_day,
        meta_model_scores.value,
        fund_scores.fund_score

    from meta_model_scores
    inner join results_due on meta_model_scores.round_number = results_due.round_number
    inner join fund_scores
        on
            meta_model_scores.meta_model = fund_scores.meta_model
            and meta_model_scores.score = fund_scores.score
            and meta_model_scores.score_version = fund_scores.score_version
    where results_due.is_after
    qualify
        row_number() over (
            partition by
                meta_model_scores.round_number,
                meta_model_scores.score_day,
                fund_scores.fund_score
            order by meta_model_scores.known_at desc
        ) = 1

),

swmm_scores as (

    select
        round_number,
        score_day,
        any_value(value) filter (where fund_score = 'swmm_corr_v4') as swmm_corr_v4,
        any_value(value) filter (where fund_score = 'swmm_ic_v2') as swmm_ic_v2

    from scores_due
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
    coalesce(round_stakes.stake_nmr, 0) as stake_nmr,
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
