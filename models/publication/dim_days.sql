{# Grain: calendar_date. Every day about the built rounds: what MetricFlow calls a time spine. #}
with

rounds as (

    select * from {{ ref('dim_rounds') }}

),

built_rounds as (

    select * from {{ ref('fct_provenance') }}

),

bounds as (

    select
        date_trunc('year', min(rounds.open_at)) as first_at,
        max(rounds.close_at) + interval 1 year as last_at

    from rounds
    semi join built_rounds on rounds.round_number = built_rounds.round_number

),

days as (

    select unnest(generate_series(first_at, last_at, interval 1 day)) as day_at from bounds

)

select
    cast(day_at as date) as calendar_date,
    isodow(day_at) <= 5 as is_weekday

from days
