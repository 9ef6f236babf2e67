{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
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
        unnest(portfolios.exposures) as found

    from portfolios
    inner join rounds_due on portfolios.round_number = rounds_due.round_number
    where rounds_due.is_stale

)

select
    round_number,
    found.constraint_name,
    found.exposure,
    found.lower_limit,
    found.upper_limit,
    found.is_binding,
    found.dual

from exposed
