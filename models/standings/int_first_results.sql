{#
Grain: entrant_kind, entrant_id, score, round_number. Final scores that first became known since the last day before those to be
summed whose sums are held: when, and whether they were above zero then.
#}
with

news as (

    select * from {{ ref('int_round_news') }}

),

results as (

    select * from {{ ref('int_results') }}

),

base as (

    select coalesce(any_value(base_date), '-infinity') as base_date
    from {{ ref('int_as_of_dates_due') }}
    where is_summed
    having count(*) > 0

),

changed_rounds as (

    select distinct news.round_number
    from news
    inner join base on news.news_date > base.base_date

),

first_results as (

    select
        results.entrant_kind,
        results.entrant_id,
        results.score,
        results.round_number,
        any_value(results.close_at) as close_at,
        cast(min(results.known_at) as date) as known_date,
        arg_min(results.value, results.known_at) > 0 as is_positive

    from results
    inner join changed_rounds on results.round_number = changed_rounds.round_number
    where results.measure = 'score'
    group by all

)

select first_results.*
from first_results
inner join base on first_results.known_date > base.base_date
