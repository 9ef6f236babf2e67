{{ config(meta={'redoes': 'is_stale'}) }}
{# Grain: round_number, constraint_name. What the portfolio uses of each limit, and what a wider one would gain. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

portfolios as (

    select * from {{ ref('int_portfolios_optimized') }}

),

exposed as (

    select
        portfolios.round_number,
        unnest(portfolios.exposures, recursive := true)

    from portfolios
    inner join rounds_due on portfolios.round_number = rounds_due.round_number
    where rounds_due.is_stale

)

select
    round_number,
    constraint_name,
    exposure,
    lower_limit,
    upper_limit,
    is_binding,
    dual

from exposed
