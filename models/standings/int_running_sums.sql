{{ config(materialized='incremental', meta={
    'worklist': 'int_as_of_dates_due',
    'keys': ['as_of_date'],
    'redoes': 'is_summed or is_pruned',
}) }}
{#
Grain: entrant_kind, entrant_id, measure, score, reputation_window, as_of_date. Sums and counts of the results that are known
and in the window: those of the last earlier day whose sums are held, and what each day since has changed. Sums are
exact, so nothing is left of a result that has left.
#}
{% set former = left_by_last_build('int_running_sums') %}
with

days as (

    select
        as_of_date,
        base_date,
        row_number() over (order by as_of_date) as place

    from {{ ref('int_as_of_dates_due') }}
    where is_summed

),

result_events as (

    select * from {{ ref('int_result_events') }}

),

return_events as (

    select * from {{ ref('int_return_events') }}

),

changes as (

    select * from result_events

    union all by name

    select * from return_events

    {% if former %}
        union all by name

        select
            former.entrant_kind,
            former.entrant_id,
            former.measure,
            former.score,
            former.reputation_window,
            former.as_of_date as event_date,
            former.value_sum as value_change,
            former.square_sum as square_change,
            former.result_count as count_change,
            former.square_count as square_count_change,
            former.positive_count as positive_change

        from {{ former }} as former
        semi join days on former.as_of_date = days.base_date
    {% endif %}

),

event_dates as (

    select distinct event_date from changes

),

-- A change counts from the first of the days on.
event_places as (

    select
        event_dates.event_date,
        days.place

    from event_dates
    asof inner join days on event_dates.event_date <= days.as_of_date

),

daily_changes as (

    select
        changes.entrant_kind,
        changes.entrant_id,
        changes.measure,
        changes.score,
        changes.reputation_window,
        event_places.place,
        sum(changes.value_change) as value_change,
        coalesce(sum(changes.square_change), 0) as square_change,
        sum(changes.count_change) as count_change,
        coalesce(sum(changes.square_count_change), 0) as square_count_change,
        coalesce(sum(changes.positive_change), 0) as positive_change

    from changes
    inner join event_places on changes.event_date = event_places.event_date
    group by all

),

running as (

    select
        * exclude (
            value_change, square_change, count_change, square_count_change, positive_change
        ),
        lead(place) over in_order as next_place,
        cast(sum(value_change) over in_order as decimal(38, 18)) as value_sum,
        cast(sum(square_change) over in_order as decimal(38, 24)) as square_sum,
        cast(sum(count_change) over in_order as integer) as result_count,
        cast(sum(square_count_change) over in_order as integer) as square_count,
        cast(sum(positive_change) over in_order as integer) as positive_count

    from daily_changes
    window
        in_order as (
            partition by entrant_kind, entrant_id, measure, score, reputation_window
            order by place
        )

),

-- It stays until the next one.
dense as (

    select
        * exclude (place, next_place),
        unnest(
            range(place, coalesce(next_place, (select max(days.place) + 1 from days)))
        ) as place

    from running

)

select
    dense.entrant_kind,
    dense.entrant_id,
    dense.measure,
    dense.score,
    dense.reputation_window,
    days.as_of_date,
    dense.value_sum,
    dense.square_sum,
    dense.result_count,
    dense.square_count,
    dense.positive_count

from dense
inner join days on dense.place = days.place
