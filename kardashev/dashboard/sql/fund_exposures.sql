-- Grain: constraint_name. Exposures of a round's portfolio, the dearest limits first.
select
    constraint_name,
    exposure,
    lower_limit,
    upper_limit,
    if(is_binding, 'binding', 'free') as state,
    dual

from fct_portfolio_exposures
where round_number = $round_number
order by is_binding desc, abs(dual) desc, constraint_name
