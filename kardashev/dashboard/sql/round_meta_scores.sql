-- Grain: score_day. Scores of the stake-weighted meta model, and the fund's return, day by day.
select
    score_day,
    if(is_final, 'final', 'running') as state,
    swmm_corr_v4,
    swmm_ic_v2,
    portfolio_return,
    net_return,
    staked_models,
    at_risk_nmr,
    known_at

from fct_fund_performance
where round_number = $round_number
order by score_day
