{{ config(materialized='incremental', meta={'redoes': 'is_stale'}) }}
{# Grain: round_number. How each round's portfolio was solved, and how exactly; why there is none. #}
with

rounds_due as (

    select * from {{ ref('int_rounds_due') }}

),

portfolios as (

    select * from {{ ref('int_portfolios_optimized') }}

)

select
    portfolios.round_number,
    portfolios.status,
    portfolios.reason,
    portfolios.engine,
    portfolios.residual,
    portfolios.iterations,
    portfolios.stocks_held,
    portfolios.stocks_excluded,
    portfolios.draws,
    portfolios.fallback_draws,
    portfolios.worst_residual,
    portfolios.draws_reason

from portfolios
inner join rounds_due on portfolios.round_number = rounds_due.round_number
where rounds_due.is_stale
