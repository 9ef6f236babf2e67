-- Grain: stock_id. What the fund held in a round, the largest positions first.
select
    stock_id,
    weight,
    if(weight > 0, 'long', 'short') as side

from fct_portfolios
where round_number = $round_number and weight != 0
order by abs(weight) desc, stock_id
