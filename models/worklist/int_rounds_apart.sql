{{ config(materialized='view') }}
{#
Grain: round_number. How many whole years a round opens after the others of its kind. Rounds stand in the order of their opening;
a gap counts for all rounds after it, if there are no more of them than before it: of two parts of the calendar, the
smaller one is the mistaken one, the later one of two equals.
#}
with

rounds as (

    select * from {{ ref('int_rounds_known') }}

),

placed as (

    select
        round_number,
        kind,
        date_diff('day', lag(open_at) over in_order, open_at) / 365.25 as gap_years,
        row_number() over in_order - 1 as rounds_before,
        count(*) over (partition by kind) as round_count

    from rounds
    where open_at is not null
    window in_order as (partition by kind order by open_at, round_number)

)

select
    round_number,
    cast(
        coalesce(
            max(floor(gap_years)) filter (where 2 * rounds_before >= round_count)
                over (partition by kind order by rounds_before),
            0
        ) as integer
    ) as years_beyond_others

from placed
