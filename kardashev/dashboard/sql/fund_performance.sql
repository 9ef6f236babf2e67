-- Grain: round_number. The fund's figures, rounds whose returns are final.
select
    performance.round_number,
    rounds.era_date,
    performance.portfolio_return,
    performance.net_return,
    performance.cumulative_return,
    performance.net_cumulative_return,
    -performance.drawdown as drawdown,
    -performance.net_drawdown as net_drawdown,
    performance.sharpe_one_year,
    performance.net_sharpe_one_year,
    performance.turnover,
    performance.trading_cost,
    performance.staked_models,
    performance.at_risk_nmr,
    performance.swmm_corr_v4,
    performance.swmm_ic_v2,
    avg(performance.swmm_corr_v4) over (
        order by performance.round_number rows between 12 preceding and current row
    ) as mean_swmm_corr_v4

from fct_fund_performance as performance
left join dim_rounds as rounds on performance.round_number = rounds.round_number
where performance.is_final
order by performance.round_number
