{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_summed or is_pruned',
}) }}
{#
Grain: entrant_kind, entrant_id, measure, score, reputation_window, as_of_date. Sum and count of the results that are known
and in the window: those of the last earlier day whose sums are held, and what each day since has changed. Sums are
exact, so nothing is left of a result that has left.
#}
{% set former = left_by_last_build('int_running_sums') %}
with

days as (

    select * from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

events as (

    select * from {{ ref('int_result_events') }}

),

changes as (

    select * from events

    {% if former %}
        union all

        select
            former.entrant_kind,
            former.entrant_id,
            former.measure,
            former.score,
            former.reputation_window,
            former.as_of_date as event_date,
            former.value_sum as value_change,
            former.result_count as count_change

        from {{ former }} as former
        semi join days on former.as_of_date = days.base_date
    {% endif %}

),

running as (

    select
        * exclude (value_change, count_change),
        sum(value_change) over to_date as value_sum,
        cast(sum(count_change) over to_date as integer) as result_count

    from changes
    window
        to_date as (
            partition by entrant_kind, entrant_id, measure, score, reputation_window
            order by event_date
        )

),

series as (

    select distinct
        entrant_kind,
        entrant_id,
        measure,
        score,
        reputation_window

    from running

)

select
    running.entrant_kind,
    running.entrant_id,
    running.measure,
    running.score,
    running.reputation_window,
    days.as_of_date,
    cast(running.value_sum as decimal(38, 18)) as value_sum,
    running.result_count

from series
cross join days
asof inner join running
    on
        series.entrant_kind = running.entrant_kind
        and series.entrant_id = running.entrant_id
        and series.measure = running.measure
        and series.score = running.score
        and series.reputation_window = running.reputation_window
        and days.as_of_date >= running.event_date
