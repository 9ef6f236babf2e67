{# Exposures stay within their limits, to 1e-9; a position uses at most all of its own. #}
select
    round_number,
    constraint_name,
    exposure

from {{ ref('fct_portfolio_exposures') }}
where
    {{ written_now(ref('fct_portfolio_exposures')) }}
    and (
        exposure > upper_limit + 1e-9
        or exposure < lower_limit - 1e-9
    )
