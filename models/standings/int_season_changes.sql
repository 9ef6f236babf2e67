{{ config(materialized='incremental', meta={'worklist': 'int_results_due', 'redoes': 'is_due'}) }}
{#
Grain: round_number, score, change_date. The days on which a live round's final scores became known, or were revised or taken
back. A round is resolved for a score while some model has a value: on a day it becomes so (1), ceases to be (−1), or
stays as it is (0).
#}
with

results_due as (

    select * from {{ ref('int_results_due') }}

),

paying_rounds as (

    select * from {{ ref('int_paying_rounds') }}

),

results as (

    select * from {{ ref('int_results') }}

),

scores as (

    select
        results.*,
        {{ season('paying_rounds.close_at') }} as season

    from results
    inner join results_due on results.round_number = results_due.round_number
    inner join paying_rounds on results.round_number = paying_rounds.round_number
    where
        results_due.is_due
        and results.entrant_kind = 'model'
        and results.measure = 'score'

),

events as (

    select
        round_number,
        score,
        season,
        cast(known_at as date) as change_date,
        1 as value_change

    from scores

    union all

    select
        round_number,
        score,
        season,
        cast(until_at as date) as change_date,
        -1 as value_change

    from scores
    where until_at is not null

),

daily as (

    select
        round_number,
        score,
        season,
        change_date,
        sum(value_change) as value_change

    from events
    group by all

),

counted as (

    select
        *,
        cast(sum(value_change) over by_day > 0 as integer) as is_resolved

    from daily
    window by_day as (partition by round_number, score order by change_date)

)

select
    round_number,
    score,
    season,
    change_date,
    is_resolved - lag(is_resolved, 1, 0) over by_day as resolved_change

from counted
window by_day as (partition by round_number, score order by change_date)
