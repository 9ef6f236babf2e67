{{ config(materialized='view') }}
{#
Grain: one row. What the snapshot of a lake says of its publication: the tournament, the clock, the newest live round
that is closed and built, and the newest that is built.
#}
with

clock as (

    select * from {{ ref('int_clock') }}

),

rounds as (

    select * from {{ ref('dim_rounds') }}

),

provenance as (

    select * from {{ ref('fct_provenance') }}

),

built as (

    select rounds.*
    from rounds
    semi join provenance on rounds.round_number = provenance.round_number

)

select
    any_value(built.tournament) as tournament,
    any_value(clock.clock_at) as clock_at,
    max(built.round_number) filter (
        where built.kind = 'live' and built.close_at <= clock.clock_at
    ) as newest_round_closed,
    max(built.round_number) filter (where built.kind = 'live') as newest_round_built

from built
cross join clock
