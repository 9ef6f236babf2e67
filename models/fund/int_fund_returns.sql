{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_after'}) }}
{#
Grain: round_number, score_day. Return of the portfolio by the newest delivery of each day, and what is left
of it when the trades that made the portfolio are paid: turnover times the cost of a unit of it.
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

rounds as (

    select * from {{ ref('int_fund_rounds') }}

),

portfolio_returns as (

    select * from {{ ref('int_portfolio_returns') }}

),

turnovers as (

    select * from {{ ref('int_portfolio_turnovers') }}

),

newest as (

    select portfolio_returns.*
    from portfolio_returns
    inner join results_due on portfolio_returns.round_number = results_due.round_number
    where results_due.is_after
    qualify
        row_number() over (
            partition by
                portfolio_returns.round_number,
                portfolio_returns.target,
                portfolio_returns.score_day
            order by portfolio_returns.known_at desc
        ) = 1

)

select
    newest.round_number,
    rounds.close_at,
    newest.target,
    newest.score_day,
    newest.known_at,
    newest.is_final,
    newest.stocks_held,
    newest.stocks_without_return,
    rounds.return_days,
    1 / rounds.rounds_at_once as capital_share,
    newest.portfolio_return,
    turnovers.turnover,
    turnovers.turnover * rounds.cost_per_turnover as trading_cost,
    newest.portfolio_return - turnovers.turnover * rounds.cost_per_turnover as net_return

from newest
inner join rounds
    on
        newest.round_number = rounds.round_number
        and newest.target = rounds.target
left join turnovers on newest.round_number = turnovers.round_number
where newest.portfolio_return is not null
