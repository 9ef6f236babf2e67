-- Grain: round_number. Rounds with a portfolio, newest first.
select
    solutions.round_number,
    rounds.era_date

from fct_portfolio_solutions as solutions
left join dim_rounds as rounds on solutions.round_number = rounds.round_number
where solutions.stocks_held > 0
order by solutions.round_number desc
